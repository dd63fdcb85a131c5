# Run once by the image of PostgreSQL, when it has made an empty cluster (compose.yaml).
# Summit's user owns its database and may nothing else: no other databases, no roles, no files of the server.
# The superuser keeps no password, so that nobody signs in as it over the network; inside the container,
# `docker compose exec database psql -U postgres` goes on working.
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE summit LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE summit OWNER summit;
REVOKE ALL ON DATABASE summit FROM PUBLIC;
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
ALTER ROLE postgres PASSWORD NULL;
SQL
