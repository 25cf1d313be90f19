"""What a reviewer wants to know before the diff, each piece of it a quotation from a turn."""
