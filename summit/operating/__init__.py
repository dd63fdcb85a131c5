"""What an operator needs to keep an installation alive: processes that come back, probes, metrics and alarms, backups and
restoring, mail that is held, and checks of what it all stands on."""
