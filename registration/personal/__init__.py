"""Who reads a page, with or without an account, and what is theirs: bookmarks, seats, a sheet to take along."""
