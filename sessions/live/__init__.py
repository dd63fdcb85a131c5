"""What happens while a summit runs: streams, what is asked, voted, written and announced, and how late rooms are."""
