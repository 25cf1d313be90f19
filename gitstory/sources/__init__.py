"""Where stories come from, one behind another: stored, carried over, trailers, other tools."""
