# `make sandbox` and `make test` work on a bare machine with Python 3.11+ (venv) and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: sandbox test check prove soak practices bench format lock clean

# The environment is rebuilt only when a lock file changed. Runtime first; development adds to it.
.venv/runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Turnabout (a minute on the first run, nothing on later ones)..."
	@test -f .venv/development || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@

.venv/development: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Turnabout for development (a minute on the first run, nothing on later ones)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@ .venv/runtime

sandbox: .venv/runtime
	@$(BIN)/turnabout sandbox $(ARGS)

test: .venv/development
	@$(BIN)/pytest -m "not prove" $(ARGS)

check: .venv/development
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/deptry . 
	@$(BIN)/hadolint Dockerfile

prove: .venv/development
	@$(BIN)/pytest -m prove $(ARGS)

soak: .venv/development
	@SOAK=1 $(BIN)/pytest -m prove $(ARGS)

practices: .venv/development
	@$(BIN)/pytest -q -m practice --practices $(ARGS)

bench: .venv/development
	@$(BIN)/turnabout bench $(ARGS)

format: .venv/development
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

# Locks hold versions and hashes of every platform and no index address.
lock: .venv/development
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --group build -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean:
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
