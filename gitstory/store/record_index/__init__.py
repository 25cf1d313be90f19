"""A local index of the record: the commits, conversations, files and turns it names. Made from it, never its source."""
