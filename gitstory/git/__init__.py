"""The git edge: processes, objects, refs, notes, blame. Knows nothing of conversations."""
