# Web server and worker run from the same image; compose.yaml shows how.
FROM python:3.13-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends \
      make git npm fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-nanum fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/summit
COPY . .
# The keys made while building are thrown away: an image holds no secret.
RUN make setup && .venv/bin/uv pip install -q --no-deps --require-hashes -r requirements-s3.txt \
    && PATH="$PWD/.venv/bin:$PATH" python manage.py collectstatic --noinput -v0 \
    && rm -f var/secret-key var/ticket-key && mkdir -p var/media var/private var/mail \
    && useradd --system summit && chown -R summit var
USER summit
ENV PATH="/srv/summit/.venv/bin:$PATH" HOST=0.0.0.0 PORT=8000
EXPOSE 8000 9000
CMD ["python", "-m", "summit.operating.supervisor", "web"]
