"""From linked commits to stored stories: settings, conversations, redaction, writing."""
