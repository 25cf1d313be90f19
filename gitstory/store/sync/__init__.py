"""Sharing stories with another repository: what differs, how two stores become one, and how that travels."""
