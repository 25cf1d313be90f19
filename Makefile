# `make demo` and `make test` need nothing but Python 3.11+, git and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# In an order that is shuffled, but the same each time: a run that passes passes again.
# More processes than cores: a fifth of the time a test waits for a program that it started.
JOBS ?= 4
PYTEST = $(BIN)/python -m pytest -q -p tests.parallel --processes $(JOBS) --randomly-seed=1

# Large packages of which no module, or few, are imported.
NOT_COMPILED := '/(openai|huggingface_hub|mypyc?|setuptools|lexers|tests)/'

# Modules are compiled once, whatever the environment says: reading them anew takes each process longer than most tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test fast property matrix lab fuzz expressions run-tests mutants agents-table audit lint format lock clean

demo: $(VENV)/ready
	@$(BIN)/python -m demo.demo

# Collecting the tests and checking types each leave a core free, so they are done side by side.
test: $(VENV)/ready
	$(MAKE) -j 2 lint run-tests

run-tests: $(VENV)/ready
	$(PYTEST)

# Less than a minute on two cores: the unit tests but for the slow ones.
fast: $(VENV)/ready
	$(PYTEST) -m "not slow" tests/unit

# Many random examples for each property, in another order each time; an ordinary run tries few and the same ones.
property: $(VENV)/ready
	GITSTORY_PROPERTY=1 $(BIN)/python -m pytest -q -p tests.parallel --processes 2 $$(grep -rlE "from hypothesis|tests.examples" tests --include="test_*.py")

# Killed and refused at every step and at every change on disk; takes half an hour.
matrix: $(VENV)/ready
	GITSTORY_MATRIX=1 GITSTORY_TEST_START=1 $(BIN)/python -m pytest -q -s tests/integration/faults

# The real Claude Code and Codex programs, from npm by name, against a scripted model on this machine.
lab: $(VENV)/ready
	GITSTORY_LAB=1 $(BIN)/python -m pytest -q tests/lab

# Each parser of stored data and each reader, guided by coverage (atheris, which has no wheels for every Python).
# A million inputs each take hours: make fuzz FUZZ=-runs=1000000
FUZZ ?= -max_total_time=20
fuzz: $(VENV)/ready
	$(BIN)/pip install -q atheris
	@$(BIN)/python -m tests.fuzz | while read -r name; do echo "== $$name"; \
		$(BIN)/python -m tests.fuzz "$$name" $(FUZZ) 2>&1 | grep -E "stat::number_of_executed|cov:|ERROR|Uncaught" | tail -2; done

# Proves every regular expression linear and notes it, so that `make test` proves only what has changed since.
expressions: $(VENV)/ready
	$(BIN)/python -m tests.expressions --write

# All that is generated in README.md and docs/: the picture, both tables, the output of examples, the man page.
readme: $(VENV)/ready agents-table picture
	$(BIN)/python -m tests.comparison_table
	$(BIN)/python -m tests.documents
	$(BIN)/python -P -m gitstory.cli.manpage >docs/git-story.1

# docs/images/why.svg, from what the program prints.
picture: $(VENV)/ready
	$(BIN)/python -m demo.picture

# docs/images/ui.png, from the application in Chromium; with SCREENSHOTS=FOLDER also pictures of every page there.
screenshots: $(VENV)/ready
	$(BIN)/python -m demo.screenshots $(SCREENSHOTS)

# Changes of a room's code that its own unit tests do not notice (docs/testing.md): make mutants ROOM=git SAMPLE=150
ROOM ?= attribution
SAMPLE ?= 0
SEED ?= 1
mutants: $(VENV)/ready
	$(BIN)/python -m tests.mutants $(ROOM) --sample $(SAMPLE) --seed $(SEED)

# What each reader gets out of its small store in tests/data, into the README.
agents-table: $(VENV)/ready
	$(BIN)/python -m tests.agents_table

# Advisories of what is locked, by pip-audit in an environment of its own; skipped with a line where none can be asked.
audit: $(VENV)/ready
	@test -x $(VENV)-audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)-audit && \
		$(VENV)-audit/bin/python -m pip install -q --disable-pip-version-check pip-audit; } || true
	@$(BIN)/python -m tests.audit $(VENV)-audit/bin/pip-audit requirements/review.txt requirements/dev.txt

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/ready
	$(BIN)/pip install -q pip-tools uv
	$(BIN)/pip-compile -q --upgrade --extra dev --extra semantic --extra llm --generate-hashes --strip-extras --no-emit-index-url \
		--no-emit-find-links --allow-unsafe --output-file requirements/dev.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile -q --universal --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--output-file requirements/review.txt pyproject.toml requirements/review.in

$(VENV)/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("gitstory needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	$(BIN)/python -m compileall -qq -j 0 -x $(NOT_COMPILED) $(VENV)/lib || true  # on all cores; pip does it on one
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-audit .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
