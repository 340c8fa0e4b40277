# Everything a newcomer runs. Beforehand only git, make and python3 >= 3.11 are needed.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.9.0

.DEFAULT_GOAL := help
.PHONY: help demo run test check format frontend lock migration reference audit screenshots browser

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 make ... names another")'
	test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet uv; }
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

lock:  ## compile the requirements files anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra web pyproject.toml --output-file requirements/web.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra web --extra dev pyproject.toml requirements/build.in --output-file requirements/dev.txt
