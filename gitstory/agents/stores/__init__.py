"""What agents store their conversations in: files, JSON lines, JSON documents, databases, editors' folders."""
