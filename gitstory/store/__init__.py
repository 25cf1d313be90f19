"""The store of stories: `refs/story/data`, the notes, what is cached of them, and sharing with remotes."""
