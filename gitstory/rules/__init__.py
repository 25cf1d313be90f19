"""Rules: what people keep telling the agents of a repository, each with its sources."""
