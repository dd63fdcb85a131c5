"""Documents for one person, as PDF: the ticket."""
