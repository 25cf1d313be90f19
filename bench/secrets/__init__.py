"""A corpus of made-up secrets in the places where transcripts have them, drawn from seeds; see `bench/leaks`."""
