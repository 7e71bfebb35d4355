# Plain `make` prints what there is to make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
BIN := .venv/bin
SHOWN := .lasttests/requirements.json
CHECKED := src tests bench scripts

help: ## print these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## make .venv with the locked packages, and what browsers and Chinese pages need
	@scripts/setup.sh

run: setup ## fill the demonstration if the database is empty, then serve http://127.0.0.1:8000
	@$(BIN)/yibao demo --into yibao --day campaign --if-empty
	@$(BIN)/yibao serve

test: lint ## everything that must hold: lint, then the whole suite on two processes
	@$(BIN)/pytest -n 2

demo: setup ## a town's insured year in a database of its own, as a table
	@$(BIN)/yibao demo

lint: setup ## style, import floors, types
	@$(BIN)/ruff check $(wildcard $(CHECKED))
	@$(BIN)/ruff format --check --quiet $(wildcard $(CHECKED))
	@$(BIN)/lint-imports
	@$(BIN)/mypy

coverage: setup ## the suite, the core's branches, and which requirement rows are shown
	@mkdir -p $(dir $(SHOWN))
	@YIBAO_REQUIREMENTS_SHOWN=$(SHOWN) $(BIN)/pytest -n 2
	@$(BIN)/coverage run -m pytest tests/core tests/laws tests/cases
	@status=0; $(BIN)/coverage report || status=$$?; \
	  $(BIN)/python scripts/requirement_coverage.py $(SHOWN) || status=$$?; exit $$status

bench: setup ## how fast, beside something else, in one run
	@for one in settle import search rules; do $(BIN)/yibao bench $$one; done

proof: setup ## the battery at its landing figures into docs/PROOF.md; FAULTS=1: its seeded faults
	@$(BIN)/python scripts/proof.py $(if $(FAULTS),--faults) $(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED))

mutants: setup ## change the engine, the books' core and money in 1,000 places: do the tests see it?
	@$(BIN)/python scripts/mutation_check.py --out .lasttests/mutants.txt

docs: setup ## write the reference pages that come from the code
	@$(BIN)/python scripts/make_reference.py

.PHONY: help setup run test demo lint coverage bench proof mutants docs
.DEFAULT_GOAL := help
