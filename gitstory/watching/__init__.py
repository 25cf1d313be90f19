"""Autosave: what was said in this repository's conversations is kept while one works."""
