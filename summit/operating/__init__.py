"""What an operator needs to keep an installation alive: processes that come back, and probes that tell how it is."""
