"""A schedule of one's own: bookmarks, one's days with clashes and gaps, a suggested day."""
