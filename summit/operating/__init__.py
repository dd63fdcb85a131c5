"""What an operator needs to keep an installation alive: backups and restoring, mail that is held, and checks of what it stands on."""
