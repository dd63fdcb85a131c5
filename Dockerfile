# Web server and worker run from the same image; compose.yaml shows how.
# Debian 13 has the programs of PostgreSQL 17, the server in compose.yaml: `manage.py backup` needs its pg_dump, or a newer one.
FROM python:3.13-slim-trixie
# Debian keeps the newest version of a package alone: a version that is named here is gone with the next security update.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends \
      make git npm fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-nanum fonts-droid-fallback \
      postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/summit
COPY . .
# With the packages for an object storage, which are loaded where S3_PUBLIC_BUCKET names a bucket.
# The keys made while building are thrown away: an image holds no secret.
RUN make setup && .venv/bin/uv pip install -q --no-deps --require-hashes -r requirements-s3.txt \
    && PATH="$PWD/.venv/bin:$PATH" python manage.py collectstatic --noinput -v0 \
    && rm -f var/secret-key var/ticket-key && mkdir -p var/media var/private var/mail \
    && useradd --system --uid 999 summit && chown -R summit var
# By number, so that an engine can see that it is not root.
USER 999
ENV PATH="/srv/summit/.venv/bin:$PATH" HOST=0.0.0.0 PORT=8000
EXPOSE 8000 9000
CMD ["python", "-m", "summit.operating.supervisor", "web"]
