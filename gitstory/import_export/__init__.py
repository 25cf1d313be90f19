"""Import of other tools' records as stories, and export of stories as such records."""
