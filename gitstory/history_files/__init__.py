"""Conversations as Markdown files of the work tree: rendered, written, read again."""
