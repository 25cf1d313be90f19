"""Readers of the coding agents' own stores: native files in, `model.Conversation` out, nothing ever written."""
