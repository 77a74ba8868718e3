# Tasks of the project. `make` alone lists them.

BIN := .venv/bin
PYTHON ?= python3
# The demo keeps its data here; `make clean` removes it.
DEMO_DIR := var/demo
# For example `make faults FAULTS="--seed 7 --kills 20"`.
FAULTS :=
# Paths that mypy checks beside the packages named in pyproject.toml.
SCRIPTS := $(wildcard scripts/*.py)

.DEFAULT_GOAL := help
.PHONY: help setup run test oracle external check lint types unit bench bench-end-to-end soak bench-import bench-accuracy bench-cells bench-close bench-folding bench-queries bench-dashboard faults outages flood docs pictures tracker lock upgrade clean

help:  ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready  ## Make .venv with everything; installs missing Debian packages when run as root

.venv/.ready: requirements/dev.txt pyproject.toml scripts/setup.sh tests/clients/package-lock.json
	PYTHON=$(PYTHON) sh scripts/setup.sh
	@touch $@

run: setup  ## Start the appliance with a demo site and demo traffic
	$(BIN)/appliance demo --data-dir $(DEMO_DIR)

test: setup lint types  ## Run everything: format, lint, types, import contracts, all tests
	$(BIN)/python -m pytest -q -n auto tests/unit
	$(BIN)/python -m pytest -q -n auto --dist loadfile --ignore tests/unit

external: setup  ## Run all integration tests on a Redis with TLS and a ClickHouse over HTTPS, up to 45 minutes on 2 busy cores
	EXTERNAL_ENGINES=1 $(BIN)/python -m pytest -q -n auto --dist loadfile -m "not embedded" tests/integration

check: setup lint types unit  ## The daily loop: as `test`, with the fast unit tests only

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python scripts/settings_doc.py --check
	$(BIN)/python scripts/stats_openapi.py --check
	$(BIN)/python scripts/tracker.py --check

types: setup
	$(BIN)/mypy
	$(BIN)/mypy $(SCRIPTS)
	$(BIN)/lint-imports

unit: setup
	$(BIN)/python -m pytest -q -n auto -m "not slow" tests/unit

bench: setup  ## Print boot time, idle memory, delay from hit to answer, and the speed of ingest, of all parts, of log imports, of questions and of the report
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.dashboard queries

bench-import: setup  ## Print the speed of log imports beside GoAccess (part of `bench`)
	$(BIN)/python -m tests.bench.log_import

bench-end-to-end: setup  ## Print the highest rate of hits that all parts together hold (part of `bench`)
	$(BIN)/python -m tests.bench.end_to_end

soak: setup  ## Send hits for half an hour and print memory, files and parts by the minute
	$(BIN)/python -m tests.bench.soak

bench-accuracy: setup  ## Simulate shared and changing addresses and print the error of counting visitors
	$(BIN)/python -m tests.bench.accuracy

oracle: setup  ## Compare every counter with the oracle on 300 random stories, about 10 minutes
	ORACLE_EXAMPLES=300 $(BIN)/python -m pytest -q tests/integration/test_every_cell.py

bench-cells: setup  ## Print what inserts cost by size and number of sites, and the bytes of a day before and after its close
	$(BIN)/python -m tests.bench.cells

bench-queries: setup  ## Ask what the report asks of a year of 50,000 visits a day while hits arrive; print times and bytes
	$(BIN)/python -m tests.bench.queries

bench-dashboard: setup  ## Open and filter the report of a year of 50,000 visits a day in Chromium; print how long it takes (part of `bench`)
	$(BIN)/python -m tests.bench.dashboard

bench-close: setup  ## Close a day of 50,000 visits; print time, memory, rows, bytes, and how long answers take meanwhile
	$(BIN)/python -m tests.bench.close

bench-folding: setup  ## Attack folded tables with a solver, with and without each rule, and print what it finds
	$(BIN)/python -m tests.bench.folding

faults: setup  ## Kill parts of a running appliance 200 times, at named points and at random; compare all that is counted
	$(BIN)/python -m tests.faults $(FAULTS)

outages: setup  ## Keep Redis away for a minute and ClickHouse for ten while hits arrive, as long as that, about 25 minutes
	LONG_OUTAGES=1 $(BIN)/python -m pytest -q tests/blackbox/test_redis_faults.py tests/blackbox/test_clickhouse_faults.py

flood: setup  ## A million distinct visitors, pages and names; print what each process holds (needs wrk)
	$(BIN)/python -m tests.bench.flood

docs: setup  ## Write docs/settings.md and docs/stats.openapi.json anew from the code
	$(BIN)/python scripts/settings_doc.py
	$(BIN)/python scripts/stats_openapi.py

pictures: setup  ## Make the pictures of README and docs anew, of an appliance that the demo's visitors used for a week
	PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/e2e/test_pictures.py

tracker: setup  ## Build the tracker anew from its source and print its sizes
	$(BIN)/python scripts/tracker.py

lock: setup  ## Write requirements/*.txt anew from pyproject.toml, keeping what still fits
	sh scripts/lock.sh

upgrade: setup  ## As `lock`, with the newest releases
	sh scripts/lock.sh --upgrade

clean:  ## Remove .venv, caches and the demo's data
	rm -rf .venv tests/clients/node_modules $(DEMO_DIR) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
