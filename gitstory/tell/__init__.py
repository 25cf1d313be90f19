"""Write-ups of conversations: every sentence in them is a quotation with its source, or a count."""
