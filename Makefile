# learnapp. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
JOBS ?= $(shell nproc)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=python3.11"; exit 1; }
	@PYTHON=$(PYTHON) bash deploy/system-packages.sh python3-venv
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/installed: setup.cfg pyproject.toml | $(STAMPS)/venv
	@echo "Installing learnapp into $(VENV) …"
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(STAMPS)/translations: $(wildcard learnapp/translations/*/LC_MESSAGES/*.po) | $(STAMPS)/installed
	@$(BIN)/pybabel --quiet compile --directory learnapp/translations
	@touch $@

$(STAMPS)/test-tools: setup.cfg | $(STAMPS)/installed
	@echo "Installing the test tools …"
	@$(BIN)/pip install --quiet --editable '.[test]'
	@touch $@

$(STAMPS)/bench-tools: setup.cfg | $(STAMPS)/test-tools
	@$(BIN)/pip install --quiet --editable '.[bench]'
	@touch $@

.PHONY: install
install: $(STAMPS)/installed $(STAMPS)/translations ## Make the environment only

.PHONY: run
run: install ## Install, make the database with demo content and people, serve
	@$(BIN)/learnapp db upgrade
	@$(BIN)/learnapp demo
	@exec $(BIN)/learnapp serve

.PHONY: system
system:
	@bash deploy/system-packages.sh chromium fonts-noto-cjk postgresql strace

.PHONY: test
test: install $(STAMPS)/test-tools system ## Everything the tests need, then all tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -n $(JOBS) --dist worksteal

.PHONY: bench
bench: install $(STAMPS)/bench-tools system ## Measure, beside a bare app in the same run
	@$(BIN)/python -m benchmarks

.PHONY: prove
prove: install $(STAMPS)/test-tools system ## The slow proofs: clocks, kills, crowds, fsync, traffic, keys, tampering, a million entries
	@$(BIN)/python -m tests.prove
