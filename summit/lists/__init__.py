"""The lists of the workspace: columns, filters, edits in place, acting on many, exports; and those of this app."""
