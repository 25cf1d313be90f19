"""Questions to the record: each returns a result value and prints nothing."""
