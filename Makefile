# One command to run, one to test. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= $(shell scripts/python.sh)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)
unexport PYTHONDONTWRITEBYTECODE  # every process would compile again all that it imports

.DEFAULT_GOAL := help
.PHONY: help run test test-fast killpoints bench bench-short lint types fix migrate demo code clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.ok ## Serve http://127.0.0.1:5000 with a demo world (SQLite and files under instance/)
	@scripts/run.sh

test: $(VENV)/.ok-dev ## Everything CI runs: lint, types, floors, then the suite on SQLite and on PostgreSQL
	@scripts/test.sh

test-fast: $(VENV)/.ok-dev ## The suite on SQLite only, without the browser
	@$(BIN)/pytest -n 2 -m "not browser" -q

killpoints: $(VENV)/.ok-dev ## Kill a server at every system call of a deposit, by file and by form, and compare what it acknowledged with what is there
	@scripts/system.sh test
	@$(BIN)/python -m tests.kill_points
	@$(BIN)/python -m tests.kill_forms

bench: $(VENV)/.ok-bench ## A million requests beside stock Flask-Admin, Django admin and the bare database (docs/performance.md)
	@scripts/system.sh bench
	@$(BIN)/python -m benchmarks

bench-short: $(VENV)/.ok-bench ## The same with 100 000 requests, in three minutes
	@scripts/system.sh bench
	@$(BIN)/python -m benchmarks --short

lint: $(VENV)/.ok-dev ## ruff, import-linter and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy

fix: $(VENV)/.ok-dev ## Let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migrate: $(VENV)/.ok ## Apply the migrations to DATABASE_URL (default: the SQLite file under instance/)
	@$(BIN)/flask --app wsgi db upgrade

demo: $(VENV)/.ok ## Create the demo world if absent and print its accounts
	@$(BIN)/flask --app wsgi demo

code: $(VENV)/.ok ## The login code, now, of a demo account of the ASP: make code LOGIN=gestionnaire1
	@$(BIN)/flask --app wsgi demo --code $(LOGIN)

requirements: ## Pin requirements*.in again, with hashes and without addresses
	@for file in requirements requirements-dev requirements-bench; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url $$file.in -o $$file.txt -q; done

clean: ## Remove the virtual environment and the local data
	rm -rf $(VENV) instance

$(VENV)/bin/uv:
	@scripts/system.sh python
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet uv

$(VENV)/.ok: requirements.txt | $(VENV)/bin/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.ok-dev: requirements-dev.txt $(VENV)/.ok
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.ok-bench: requirements-bench.txt $(VENV)/.ok
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-bench.txt
	@touch $@
