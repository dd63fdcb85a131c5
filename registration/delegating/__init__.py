"""Delegations: who heads them, whom they nominate and replace, what is missing of each, and who attends which session."""
