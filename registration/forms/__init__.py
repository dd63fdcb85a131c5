"""The registration form: details of a person, and the questions a summit asks."""
