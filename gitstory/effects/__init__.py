"""What patches and commands did to files, from their texts alone: pure functions that know no agent and no store."""
