# Needs Python 3.11 or later, make and git; everything else goes into .venv.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo demo-finetune browser rust test lint types contracts pytest goldens bench soak clean

demo: $(VENV)/train  ## Train a Kolmogorov-Arnold network in the background, watch it here.
	@directory=$$($(BIN)/kan-train classify --dataset digits --hidden 256,256 --epochs 120 --batch-size 8 \
		--learning-rate 0.0005 --update-grid-every 500 --checkpoint-every 6000 --detach) && $(BIN)/kan-monitor "$$directory"

demo-finetune: $(VENV)/finetune  ## Make a small language model from text, teach it Rust tests in the background, watch it here.
	@test -e experiments/base || $(BIN)/kan-train pretrain --output experiments/base
	@directory=$$($(BIN)/kan-train finetune --config tiny --epochs 3 --detach) && $(BIN)/kan-monitor "$$directory"

browser:  ## What some tests look with, from Debian: a browser, an sshd, a renderer of SVG; without them they skip.
	apt-get install --yes --no-install-recommends chromium fonts-dejavu-core openssh-server librsvg2-bin tmux

rust:  ## What the tests of the Rust corpus need, from Debian; and rustc 1.82 or later by rustup: Debian's own is too old.
	apt-get install --yes --no-install-recommends 'librust-proptest+default-dev' 'librust-tokio+full-dev'

test: lint types contracts pytest  ## All that CI checks.

lint: $(VENV)/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/dev
	$(BIN)/mypy

contracts: $(VENV)/dev
	$(BIN)/lint-imports --no-cache

pytest: $(VENV)/dev
	$(BIN)/pytest -n 2 --dist worksteal

goldens: $(VENV)/dev  ## Accept what the screens look like now; read the difference before you commit it.
	$(BIN)/pytest tests/monitor --update-goldens

bench: $(VENV)-bench/bench  ## Ratios against named peers, measured in one run.
	$(VENV)-bench/bin/python tests/benchmarks/run.py

soak: $(VENV)/dev  ## Ten thousand misfortunes, a thousand killed monitors, two million steps: takes half an hour.
	KAN_SOAK=1 $(BIN)/pytest -n 2 --dist worksteal tests/system/test_fuzz.py tests/system/test_killed_monitors.py \
		tests/system/test_long_run.py tests/trainer/test_finetune_true_shape.py

clean:
	rm -rf $(VENV) $(VENV)-bench build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "kan-monitor needs Python 3.11 or later: install it, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# An extra that is installed is marked by a file of its name, older than what it was installed from.
$(VENV)/train $(VENV)/finetune $(VENV)/dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing kan-monitor[$(@F)] into $(VENV) …" >&2
	$(INSTALL) --editable '.[$(@F)]'
	@touch $@

$(VENV)-bench/bench: pyproject.toml constraints.txt
	test -x $(VENV)-bench/bin/python || $(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@
