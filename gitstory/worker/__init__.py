"""The worker that hooks start: processes the queue of commits and those without a hook. Also backfill and save."""
