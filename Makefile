# Every target sets up what is missing. The environment is .venv, installed from requirements.lock:
# the core first, the extras (tests, peers, PostgreSQL) after the line that names them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEOPLE ?= 200000
OUT ?= demo
XDIST ?= 2

.PHONY: setup demo check test test-all soak bench bench-recognition bench-peers train-names lock clean

$(VENV)/core.stamp: requirements.lock pyproject.toml
	@echo "Setting up the core in $(VENV) (once; about a minute)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed '/^# ---- extras/,$$d' requirements.lock > $(VENV)/core.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/core.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/extras.stamp: $(VENV)/core.stamp
	@echo "Setting up what the tests need in $(VENV) (once; about a minute)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

setup: $(VENV)/extras.stamp

demo: $(VENV)/core.stamp
	@$(BIN)/commonground demo --people $(PEOPLE) --out $(OUT)

check: $(VENV)/extras.stamp
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/pytest -q -p no:randomly tests/test_architecture.py

test: $(VENV)/extras.stamp
	@$(BIN)/pytest -n $(XDIST) --dist worksteal -m "not slow"

test-all: $(VENV)/extras.stamp
	@$(BIN)/pytest -n $(XDIST) --dist worksteal -m slow

soak: $(VENV)/extras.stamp
	@COMMONGROUND_CRASHES=500 $(BIN)/pytest -m slow -k crash
	@COMMONGROUND_GAMES=1000 $(BIN)/pytest -n $(XDIST) --dist worksteal -m slow tests/privacy/test_whole_path_games.py

bench: $(VENV)/extras.stamp
	@for b in tests/benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b || exit 1; done

bench-recognition: $(VENV)/extras.stamp
	@$(BIN)/python tests/benchmarks/bench_recognition.py

# Each peer is installed into an environment of its own under build/peers; the report is build/peers.md.
# PEERS="--rows 1000000 --only tumult" makes it short.
bench-peers: $(VENV)/extras.stamp
	@$(BIN)/python tests/benchmarks/bench_audit.py
	@$(BIN)/python tests/benchmarks/peers_query/run.py $(PEERS)

# The model that ships, and its card: about four minutes; the same text and seed make the same model.
# The card wants the real sentences: COMMONGROUND_DATA names the folder that holds pii/zh_dev.jsonl.
train-names: $(VENV)/extras.stamp
	@$(BIN)/python -m privacy.training.train privacy/recognition/names/names.npz
	@$(BIN)/python tests/benchmarks/bench_recognition.py --card privacy/recognition/names/names.md

# The lock holds no address of any index: only names, versions and hashes.
UV_LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(UV_LOCK) --extra dev -o $(VENV)/all.lock
	@$(UV_LOCK) --extra build -c $(VENV)/all.lock -o $(VENV)/core.lock
	@awk 'NR==FNR {if (/^[A-Za-z0-9]/) core[$$1]=1; print; next} \
	      FNR==1 {print "# ---- extras: tests, peers, PostgreSQL"} \
	      /^[A-Za-z0-9]/ {keep=!($$1 in core)} keep' $(VENV)/core.lock $(VENV)/all.lock > requirements.lock
	@! grep -n '://' requirements.lock

clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
