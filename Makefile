# Two commands do all the set-up on a fresh machine: `make run` and `make test`. Both need only Python 3.11 or newer.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What needs no PostgreSQL, no browser and no chat's wire: about a minute.
QUICK := -m 'not postgres and not browser' tests/domain tests/packs tests/features tests/contracts

.PHONY: run test quick check bench lock words help

help: ## What there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/make \1	\2/'

run: $(VENV)/.installed ## Learn: set up what is missing, then start Dualo
	@exec $(BIN)/dualo run --open

test: $(VENV)/.developed ## Set up what is missing, then run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

quick: $(VENV)/.developed ## Run the tests that take about a minute
	$(BIN)/python -m pytest -n auto --dist worksteal $(QUICK)

check: $(VENV)/.developed ## Lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developed ## Measure, against stated rivals (docs/performance.md)
	$(BIN)/python -m benchmarks

words: $(VENV)/.developed ## Bring the translations of the bot's own words up to date (docs/translating.md)
	$(BIN)/python -m tests.words.collect

EXPORT := $(BIN)/uv --no-config export --quiet --locked --no-emit-project --no-annotate --no-header --format requirements.txt
lock: $(VENV)/.developed ## Lock what pyproject.toml asks for; LOCK=--upgrade takes the newest of everything
	$(BIN)/uv --no-config lock --default-index https://pypi.org/simple $(LOCK)
	$(EXPORT) --no-default-groups --extra otel --output-file requirements/run.txt
	$(EXPORT) --only-group build --output-file requirements/build.txt
	$(EXPORT) --all-extras --all-groups --output-file requirements/dev.txt

# Exactly what uv.lock says, by name and by hash (docs/decisions/0012-lock.md): with uv where there is one and it can,
# else with pip.
define install
	@{ command -v uv >/dev/null && uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes $(1); } \
		|| $(PIP) install --require-hashes $(1)
	@$(PIP) install --no-deps --no-build-isolation --editable .
endef

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Dualo needs Python 3.11 or newer: install it, or name it with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements/run.txt requirements/build.txt | $(BIN)/python
	@echo "Setting up (once) …"
	$(call install,-r requirements/run.txt -r requirements/build.txt)
	@touch $@

$(VENV)/.developed: pyproject.toml requirements/dev.txt | $(BIN)/python
	@echo "Setting up for tests and checks (once) …"
	$(call install,-r requirements/dev.txt)
	@touch $@ $(VENV)/.installed
