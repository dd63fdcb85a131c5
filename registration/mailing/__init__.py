"""What people are told: mails about their registration, and notices when the agenda changes."""
