"""What other tools recorded of commits: their notes, trees and trailers read into plain claims. Nothing here writes."""
