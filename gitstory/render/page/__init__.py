"""HTML pages of the application, the site and `share`: no request leaves one, and no quoted text is markup in it."""
