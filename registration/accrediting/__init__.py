"""Who may come in, and where: photos, vetting, and the zones of the venue."""
