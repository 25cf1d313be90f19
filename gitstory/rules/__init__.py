"""Rules: instructions that people repeat to the agents of a repository, each with its sources."""
