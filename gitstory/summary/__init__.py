"""What a commit and its turns are about, as values and as short text: no I/O."""
