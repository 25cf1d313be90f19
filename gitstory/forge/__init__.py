"""Forges as CI jobs see them: which request a job is about, and the one comment that is kept on it."""
