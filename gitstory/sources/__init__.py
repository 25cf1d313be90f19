"""Where stories are read from: recorded, carried over a rewrite, named by trailers, recorded by other tools."""
