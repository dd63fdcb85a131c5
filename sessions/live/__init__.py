"""What happens while a summit runs: where sessions can be joined from elsewhere."""
