"""Installs and removes the hooks of git and of the pre-commit framework, and what a hook does."""
