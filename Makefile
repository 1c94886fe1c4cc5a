# Python 3.11 and make are all that is assumed; everything else is fetched into .venv and a shared cache.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PART ?= access
MINUTES ?= 5
.DEFAULT_GOAL := help

.PHONY: help install demo test test-deep check bench schema

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@echo "Setting up $(VENV) with the locked dependencies …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

install: $(VENV)/.installed ## Set everything up, run nothing.
	@$(BIN)/sangam database fetch

demo: install ## Six states' nodes on one machine, each on its training world, running.
	@$(BIN)/sangam demo --states 6

# Composer and gateway, for tests/subgraph; without Node those tests are skipped, and say so.
SUBGRAPH := tests/subgraph/node_modules/.package-lock.json
$(SUBGRAPH): tests/subgraph/package-lock.json
	@if command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then \
	  echo "Setting up tests/subgraph with its locked npm packages …" && { npm ci --prefix tests/subgraph --silent && touch $@; } || \
	  echo "They could not be fetched: what needs composer and gateway is skipped."; \
	else echo "No Node 20 with npm here: what needs composer and gateway is skipped."; fi

test: install $(SUBGRAPH) ## All tests but the deep ones, on two cores.
	@$(BIN)/python -m pytest -m "not deep" --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-deep: install ## Slow proofs: PART=access|race|kills|stateful|mutation|fuzz|federation|federated_worlds MINUTES=n, added to the committed tally.
	@$(BIN)/python -m tests.deep --part $(PART) --minutes $(MINUTES)

check: $(VENV)/.installed ## Lint, format, types, imports.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The gateways that federation is raced against.
GATEWAYS := bench/gateways/node_modules/.package-lock.json
$(GATEWAYS): bench/gateways/package-lock.json
	@echo "Setting up bench/gateways with its locked npm packages …"
	@npm ci --prefix bench/gateways --silent && touch $@

bench: install $(GATEWAYS) ## The races and figures, written under bench/results.
	@$(BIN)/python -m bench.start
	@$(BIN)/python -m bench.hops
	@$(BIN)/python -m bench.hubs
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.federation
	@$(BIN)/python -m bench.federation_growth

schema: install ## Write the schema, the trusted documents and docs/reference anew.
	@$(BIN)/sangam schema --write
