"""What happens while git waits: trailers and history files of the commit being made."""
