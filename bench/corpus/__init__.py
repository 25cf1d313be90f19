"""Real repositories with their transcripts as an independent judge of gitstory: nothing here imports gitstory."""
