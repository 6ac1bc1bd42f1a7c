# Everything from nothing but Python >= 3.11 and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
export PYTHONDONTWRITEBYTECODE = # many processes start: each compiled all anew where this is set

.PHONY: demo cluster engine test test-slow lint types docs bench quality fuzz clean

demo: $(VENV)/installed
	$(BIN)/langchain-rlm ask pydoc: --model offline --question "How does the with statement work, and which methods does it call?"

# PostgreSQL, Redis and two servers, one of which is killed; the engine has an environment of its own.
cluster: engine
	@.venv-cluster/bin/python -m examples.cluster

engine:
	@$(MAKE) --no-print-directory VENV=.venv-cluster .venv-cluster/cluster

test: $(VENV)/dev
	$(BIN)/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder # they wait, too; the long files come first

test-slow: $(VENV)/dev engine
	MALLOC_ARENA_MAX=1 $(BIN)/python -m pytest -q -m "slow or hypothesis" --hypothesis-profile=new # memory is measured

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache

types: $(VENV)/dev
	$(BIN)/mypy

# Into build/site, which needs no server and no network. Warnings are errors, those about docstrings too.
# What pages take from the code is written by docs/generate.py, and held to it by the tests.
docs: $(VENV)/dev
	@mkdir -p build
	@NO_COLOR=1 $(BIN)/zensical build --strict --clean > build/docs.log 2>&1 && ! grep -q '^griffe:' build/docs.log || { cat build/docs.log; exit 1; }

bench: $(VENV)/dev
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/loops.py
	$(BIN)/python benchmarks/middleware.py
	$(BIN)/python benchmarks/chat_model.py
	$(BIN)/python benchmarks/durability.py
	$(BIN)/python benchmarks/contexts.py
	$(BIN)/python benchmarks/evidence.py
	$(BIN)/python benchmarks/any_model.py
	$(BIN)/python benchmarks/documents.py

# By hand: the ways to answer, compared with a simulated reader. It goes on where it stopped; see benchmarks/quality.
quality: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group quality
	$(BIN)/python benchmarks/quality/run.py --sizes 4000,40000,400000 --seeds 2 $(OPTIONS)

# By hand, ten minutes each; what is found is left in build/fuzz and becomes a test of the module it was found in.
fuzz: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	mkdir -p build/fuzz
	cd build/fuzz && ../../$(BIN)/python ../../fuzz/replies.py -max_total_time=600
	cd build/fuzz && ../../$(BIN)/python ../../fuzz/formats.py -max_total_time=600
	$(BIN)/python fuzz/interpreters.py 600

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Name one: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cli]'
	touch $@

$(VENV)/cluster: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[postgres]' --group cluster
	touch $@

$(VENV)/dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[all]' --group dev
	touch $(VENV)/installed $@

clean:
	rm -rf $(VENV) .venv-cluster build dist .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
