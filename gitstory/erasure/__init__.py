"""Forgetting, redacting and scanning what is stored."""
