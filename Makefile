# Each target makes .venv when it is missing; all that is needed is Python 3.11+ with venv, git and make.
PYTHON ?= python3
BIN := .venv/bin
PINS := .ci/requirements.txt
BENCH_PINS := .ci/bench-requirements.txt

.PHONY: demo test test-model lint check bench format schemas docs screenshots pins

demo: .venv/ready
	@$(BIN)/python docs/demo/demo.py

test: .venv/ready
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

# A real model: AGENTCTL_TEST_MODEL_URL, an OpenAI-compatible server (http://127.0.0.1:8900/v1).
test-model: .venv/ready
	$(BIN)/python -m pytest -q tests/model_trial.py

lint: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: lint test

# Where the libraries to compare with cannot be installed, their rows say so.
bench: .venv/ready
	@$(MAKE) --no-print-directory .venv-bench/ready || echo "make: going on without the other libraries" >&2
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.bench

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: .venv/ready
	$(BIN)/agentctl schema

# The reference pages in docs/reference/, from the models, the commands and the codes.
docs: .venv/ready
	$(BIN)/python -m docs.generator

# The pictures in docs/screens/, and a session in a real terminal (tmux).
screenshots: .venv/ready
	$(BIN)/python -m tests.tui.pictures
	$(BIN)/python docs/demo/terminal.py

# Written anew only by hand: versions with hashes and no index address.
pins:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group dev pyproject.toml -o $(PINS)
	printf 'pydantic-ai-slim[openai]\nopenai-agents\n' | \
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		- -o $(BENCH_PINS)

.venv/ready: $(PINS) pyproject.toml
	@command -v git >/dev/null || { echo "make: git is missing; install it and run this again" >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed; name one with PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "make: Python's venv module is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(PINS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# An environment of its own: what the benchmark compares with is no dependency of ours.
.venv-bench/ready: $(BENCH_PINS)
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(BENCH_PINS)
	@touch $@
