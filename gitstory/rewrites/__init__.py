"""Stories of commits that were amended, rebased, cherry-picked or squashed."""
