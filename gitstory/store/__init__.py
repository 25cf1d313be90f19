"""The only writers: story refs, notes, history files, index."""
