# Everything a newcomer runs. Beforehand only git, make and python3 >= 3.11 are needed: no Node, no database, no browser.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV := $(BIN)/uv
# where the data sets are that R's figures are of and that may not be copied here
DATA ?= ../shared/reference/data ../shared/data
# Where the environment forbids to keep bytecode, each of some forty processes of the tests would compile every package anew.
unexport PYTHONDONTWRITEBYTECODE
# what the packages are compiled into; `make lock` writes them, `make check` compares
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help demo run test check check-types check-rest format docs reference benchmark frontend browser screenshots lock lock-check migration

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: .venv/ready frontend  ## everything from nothing: a filled survey on SQLite, then the service on 127.0.0.1
	@$(BIN)/nets demo --folder demo --port $(PORT)

run: .venv/ready frontend  ## start the service alone; NETS_DATABASE_URL says on which database
	@$(BIN)/nets serve --port $(PORT)

test: .venv/ready frontend browser  ## the whole test suite, PostgreSQL and Chromium included
	$(BIN)/pytest -n 2 --dist loadfile

check: .venv/ready lock-check  ## style, types, import directions, docs, migrations, lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

# side by side: the types take as long as everything else
check-types:
	$(BIN)/mypy

check-rest:
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest --quiet tests/docs tests/test_readme.py
	$(BIN)/alembic check

format: .venv/ready  ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/ready  ## write what follows from the code: pages of docs/, how nearly reference figures are met
	$(BIN)/python -m nets.questionnaire.shape
	$(BIN)/python -m nets.questionnaire.coverage
	$(BIN)/pytest --quiet -n 2 --dist loadfile tests/reference --write
	$(BIN)/pytest --quiet tests/docs --write

reference: .venv/ready  ## rerun R and say where its figures differ from those kept: make reference DATA="folder folder"
	$(BIN)/python tests/reference/rerun.py --data $(DATA)

frontend: .venv/ready  ## compile styles and scripts (Node comes from the Python package index)
	@$(BIN)/python -m survey_api.frontend

browser:  ## find Chromium, or install it where rights allow
	@command -v chromium chromium-browser google-chrome $${CHROMIUM:-chromium} >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	|| { echo "The pages are tested in Chromium, which is not here. Install it (Debian: sudo apt-get install chromium)"; \
	     echo "or say where it is: CHROMIUM=/path/to/chromium make test"; exit 1; }

benchmark: .venv/ready  ## measure speed against R and others (some minutes), into docs/benchmarks.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks

screenshots: .venv/ready frontend browser  ## pictures of every page into screenshots/
	$(BIN)/pytest tests/journeys --screenshots screenshots

lock: .venv/ready  ## compile requirements/ anew from pyproject.toml
	$(COMPILE) --extra web pyproject.toml --output-file requirements/web.txt
	$(COMPILE) --extra web --extra notebook --extra dev pyproject.toml requirements/build.in --output-file requirements/dev.txt

lock-check: .venv/ready
	@mkdir -p build && cp requirements/web.txt build/web.txt && cp requirements/dev.txt build/dev.txt
	@$(COMPILE) --extra web pyproject.toml --output-file build/web.txt
	@$(COMPILE) --extra web --extra notebook --extra dev pyproject.toml requirements/build.in --output-file build/dev.txt
	@for lock in web dev; do cmp -s requirements/$$lock.txt build/$$lock.txt \
	|| { echo "requirements/$$lock.txt does not follow from pyproject.toml: run 'make lock'"; exit 1; }; done

migration: .venv/ready  ## draft a migration from the tables: make migration MESSAGE="add ..."
	$(BIN)/alembic revision --autogenerate --message "$(MESSAGE)"

# The environment, from the lock; made anew when the lock changes.
.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")'
	@echo "environment: installing the locked packages into .venv"
	@test -x $(UV) || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet "$$(grep -om1 '^uv==[^ ]*' requirements/dev.txt)"; }
	@$(UV) pip sync --quiet --python $(BIN)/python requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
