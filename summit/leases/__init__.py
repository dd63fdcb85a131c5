"""Who does what among many processes: heartbeats of workers, leases of periodic duties, and taking over what a worker
that is gone had taken."""
