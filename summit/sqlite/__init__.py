"""Django's SQLite, with the limits of numbers that PostgreSQL has, and started while another writes."""
