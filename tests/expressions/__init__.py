"""The work of every regular expression of the program, on texts made to be hard for it."""
