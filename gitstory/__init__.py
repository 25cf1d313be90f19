"""gitstory: the conversations behind every commit and every line."""

__version__ = "0.1.0"
