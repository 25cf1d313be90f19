"""What other tools record of commits: their notes, trees, files and trailers read into plain claims.

And stories put into their forms. Nothing here reads or writes a repository.
"""
