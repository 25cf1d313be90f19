"""Putting the shims where git looks for hooks, and taking them away again."""
