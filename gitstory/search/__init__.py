"""Full-text search over turns: the index, what goes into it, and queries."""
