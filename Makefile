VENV ?= .venv
PYTHON ?= python3
INSTALL ?= editable
BIN = $(VENV)/bin
export PYTHON

.PHONY: demo test live compare lint bench schemas templates completions reference lock install clean

demo: .venv-demo/installed  ## the whole story in a sandbox of its own
	@.venv-demo/bin/sednactl demo

# What users install, without what developers need.
.venv-demo/installed: pyproject.toml $(shell find sednactl templates schemas completions -type f ! -name '*.pyc')
	@[ -x .venv-demo/bin/python ] || $(PYTHON) -m venv .venv-demo
	@.venv-demo/bin/python -m pip install --quiet .
	@touch $@

test: install  ## formatter, linter, import rules, types and every test
	@.ci/test $(VENV)

live: install  ## only the tests against a real control plane
	@$(BIN)/pytest tests/live

compare: install  ## our controllers and arithmetic beside the real ones, in real time; takes a quarter of an hour
	@$(BIN)/pytest -n 0 -m compared tests/sandbox tests/live

lint: install
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/lint-imports && $(BIN)/mypy

bench: install  ## start-up and get, as ratios to python and kubectl in the same run
	@$(BIN)/python -m tests.bench

schemas: install  ## make schemas/kubernetes anew
	$(BIN)/python schemas/generate.py

templates: install  ## translate templates/ to Python anew
	$(BIN)/python -m sednactl.manifests.ready

completions: install  ## make completions/ anew
	$(BIN)/python completions/generate.py

reference: install  ## make docs/commands.md and the manual page anew
	$(BIN)/python docs/generate.py

lock:  ## pin every dependency anew (needs uv)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.10 \
	  --no-header --no-annotate --no-emit-index-url --upgrade --quiet --output-file constraints.txt

install:
	@.ci/install $(VENV) $(INSTALL)

clean:
	rm -rf .venv-ci .venv-demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
