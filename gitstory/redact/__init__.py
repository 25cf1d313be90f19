"""Removes secrets and personal data from text before anything is stored."""
