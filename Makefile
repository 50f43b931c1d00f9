# Two commands matter: `make demo` and `make test`. Both set up everything that they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OMP_WAIT_POLICY ?= PASSIVE
export TOKENIZERS_PARALLELISM ?= false

.PHONY: demo test test-all lint bench golden programs clean

# torch's CPU build comes from the pin in constraints.txt; a marker file records a finished install.
$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e . -c constraints.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet -e '.[dev]' -c constraints.txt
	touch $@

demo: $(VENV)/.installed
	$(BIN)/vouch demo

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# The pages are tested in a real browser and threads in a real PostgreSQL; where these cannot be
# installed those tests skip, saying so.
programs:
	{ command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; } || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	    apt-get install -y -qq chromium postgresql >/dev/null; } || true

test: lint programs
	$(BIN)/pytest -q

test-all: lint programs
	$(BIN)/pytest -q -m ''

# Records the runs of eval_traces/golden anew; `git diff` shows what changed.
golden: $(VENV)/.installed-dev
	$(BIN)/python -m tests.golden.record $(CASES)

bench: $(VENV)/.installed-dev
	$(BIN)/vouch bench --list

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
