"""Databases of other programs, read as `safe_open` reads their other files: without a trace, and bounded."""
