# Two commands are enough: `make run` and `make test`. Both set themselves up. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help setup run test test-read test-fast test-e2e test-long lint types imports proto-check manifests certs bench drill \
        images image-sizes up down journey \
        proto schema rebuild-check migrate lock format clean simulate

BIN := .venv/bin
STAMP := .venv/.stamp
PROJECTS := $(wildcard */pyproject.toml deploy/*/pyproject.toml)
PYTEST := $(BIN)/python -m pytest -q
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 4 ] && echo 4 || echo $$n)
# Whole processes wait for each other: one more keeps the cores busy.
PLATFORMS ?= $(shell expr $(WORKERS) + 1)
TESTS ?=
SYSTEM_TESTS = $$(for folder in tests-e2e deploy customer-stack execution-stack; do \
	grep -rl --include='test_*.py' 'mark[.]system' $$folder | sort; done)
LONG := shared/tests customer-stack/tests execution-stack/tests deploy tests-e2e
export ONCE ONLY
unexport PYTHONDONTWRITEBYTECODE # five processes read the same tests

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements/all.txt requirements/exchange-sdk.txt requirements/installer.txt $(PROJECTS) deploy/local/setup_environment.py
	@python=$$(sh deploy/local/find_python.sh) && "$$python" deploy/local/setup_environment.py

setup: $(STAMP) ## Make .venv with hash-pinned packages (run and test do it themselves)

run: $(STAMP) ## Start everything, drive one whole journey, stay up (ONCE=1: end after the journey)
	@$(BIN)/python -m bulkhead_local.run

test: $(STAMP) ## Everything that CI runs
	@$(MAKE) --no-print-directory -j2 test-read lint imports proto-check
	@$(MAKE) --no-print-directory test-fast
	@# Whole processes wait for each other a third of their time; the types are looked at meanwhile.
	@$(MAKE) --no-print-directory -j2 types test-e2e

test-read: $(STAMP)
	@# Python and pytest keep what they compile of libraries and tests: once here, not twice at once in test-fast.
	@$(PYTEST) --collect-only >/dev/null 2>&1 || true

test-fast: $(STAMP) ## Rules, queries, edges: every test that needs no whole process
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m "not long and not system" $(TESTS)

test-e2e: $(STAMP) ## Whole processes: journeys, faults, security
	@$(PYTEST) -n $(PLATFORMS) --dist loadfile --no-loadscope-reorder -m "system and not long" $(SYSTEM_TESTS)

test-long: $(STAMP) manifests ## Seeds, soak and sweeps: what takes too long for every change
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m "long and not system" $(LONG)
	@$(PYTEST) -m "long and system" $(LONG)

lint: $(STAMP) ## Style and formatting
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "lint: clean"

format: $(STAMP) ## Format, and fix what can be fixed safely
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

types: $(STAMP) ## mypy --strict over every package
	@$(BIN)/mypy shared/src proto/src customer-stack/src execution-stack/src deploy/sandbox/src deploy/local/src
	@MYPYPATH=tests-e2e $(BIN)/mypy tests-e2e

imports: $(STAMP) ## Who may import whom
	@$(BIN)/lint-imports --config importlinter.toml

manifests: $(STAMP) ## Check the manifests for Kubernetes by published schemas, Prometheus' rules by promtool
	@.venv/bin/uv pip install -q --python $(BIN)/python --require-hashes --no-deps -r requirements/kubernetes.txt
	@sh deploy/kubernetes/fetch_operator_types.sh
	@$(PYTEST) -m long deploy/kubernetes/tests
	@$(PYTEST) tests-e2e/architecture/test_observability.py -k prometheus

certs: $(STAMP) ## Issue the boundary's certificates for this machine, or renew what is near its end
	@$(BIN)/python -m bulkhead_local.certificates

proto: $(STAMP) ## Generate the boundary package from proto/boundary
	@$(BIN)/python proto/generate.py

proto-check: $(STAMP)
	@$(BIN)/python proto/generate.py --check && echo "proto: up to date"

schema: $(STAMP) ## Write what the migrations build to */schema.sql
	@$(BIN)/python -m bulkhead_local.schema

migrate: $(STAMP) ## Bring the databases of .run up to date (a running platform does so at its start)
	@$(BIN)/python -m bulkhead_local.run --migrate

rebuild-check: $(STAMP) ## Recompute every balance of the running platform from its entries, and compare
	@$(BIN)/python -m bulkhead_local.command customer ledger rebuild --check

drill: $(STAMP) ## Lose each stack's database in turn, restore it, prove what came back (ARGS="--stack customer --to moment")
	@$(BIN)/python tests-e2e/drill/run.py $(ARGS)

images: $(STAMP) ## Build the container images (BASE_IMAGE=..., IMAGES="customer execution")
	@$(BIN)/python -m bulkhead_local.images $(if $(BASE_IMAGE),--base=$(BASE_IMAGE)) $(IMAGES)

image-sizes: $(STAMP) ## Tell how large the container images are
	@$(BIN)/python -m bulkhead_local.images --sizes

up: $(STAMP) ## Start both stacks in containers, with secrets made on the first time
	@$(BIN)/python -m bulkhead_local.containers up

down: $(STAMP) ## Stop the containers (VOLUMES=1: and remove their databases)
	@$(BIN)/python -m bulkhead_local.containers down $(if $(VOLUMES),--volumes)

journey: $(STAMP) ## Drive the journey on what runs (TARGET=compose: the containers; without: make run's)
	@cd tests-e2e && ../$(BIN)/python -m journeys.wager_journey --state ../.run/$(if $(TARGET),$(TARGET)/)state.json

bench: $(STAMP) ## Measure throughput and latency (ONLY=prefix for a part)
	@$(BIN)/python tests-e2e/bench/run.py

simulate: $(STAMP) ## Drive the ledger beside its reference (SEED=7 STEPS=200000; both chosen if not given)
	@SEED=$(SEED) STEPS=$(STEPS) $(BIN)/python tests-e2e/simulator/run.py

lock: $(STAMP) ## Resolve the requirements anew, with hashes (ARGS=--upgrade for newer versions)
	@sh requirements/lock.sh $(ARGS)

clean: ## Remove local databases, logs and caches; .venv stays
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m bulkhead_local.clean; fi
	@rm -rf .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
