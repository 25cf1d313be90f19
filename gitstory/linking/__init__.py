"""Finds the conversations that belong to commits: reads traces and commits, and has `attribution` link them."""
