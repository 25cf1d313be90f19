"""The search index: one SQLite file that may be deleted at any time. Holds redacted text only."""
