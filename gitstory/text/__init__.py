"""Wording, terminals and Markdown that everything which prints shares."""
