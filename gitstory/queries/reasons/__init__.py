"""Why a line is there: passages of what people, agents and tools said, each with its source. One module a source."""
