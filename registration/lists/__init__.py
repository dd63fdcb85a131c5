"""The workspace's lists of registrations and of the questions of their form."""
