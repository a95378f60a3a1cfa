# Python 3.11 to 3.13 and pip are all that these commands assume.
PYTHON ?= python3
OUT ?= quickstart
BIN := .venv/bin

.PHONY: quickstart test check lint types requirements clean

## The whole pipeline, offline, on a synthesised corpus
quickstart: .venv/installed
	$(BIN)/isogloss quickstart --out $(OUT)

## All tests, with coverage
test: .venv/installed
	$(BIN)/pytest --cov --cov-report=term

## Linter, formatter, type checker and tests
check: lint types test

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed
	$(BIN)/mypy

# The pinned versions, checked by hash; the marker is written last, so that a broken
# installation is taken up again.
.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "isogloss needs Python 3.11 to 3.13: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

## PyTorch, for the tests of hf: encoders: gigabytes, where pip takes the build for CUDA
.venv/hf: .venv/installed
	$(BIN)/python -m pip install --quiet torch==2.13.0
	touch $@

## Pin the newest versions anew (needs uv)
requirements:
	uv pip compile --quiet --upgrade pyproject.toml --extra all --group dev --universal \
		--python-version 3.11 --generate-hashes --no-strip-extras --no-annotate \
		--no-header -o requirements.txt

clean:
	rm -rf .venv build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
