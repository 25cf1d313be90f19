"""Mutation testing of one room by its own unit tests: `make mutants ROOM=attribution` (docs/testing.md)."""
