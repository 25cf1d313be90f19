"""Other tools' records of commits: found, read and matched with transcripts."""
