"""Forms of the workspace and of hosts about sessions."""
