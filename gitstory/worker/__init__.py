"""What happens after the hook: drain the spool, find commits no hook saw, link, redact, store. Also `backfill`."""
