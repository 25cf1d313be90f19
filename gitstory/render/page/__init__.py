"""One self-contained HTML page: no request leaves it, and nothing said in a conversation is markup in it."""
