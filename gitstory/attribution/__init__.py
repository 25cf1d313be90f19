"""Which turn wrote which line: pure rules over traces, edits and contents."""
