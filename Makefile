# Set-up, checks and runs. Each target first makes what it needs: .venv from requirements.lock, and,
# on Debian and where permitted, the system packages.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BACKENDS := $(VENV)-backends/.installed

DISPLAYED := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname)))

# OpenGL, which brings Mesa and X11, and what GLFW opens at run time for pointers and monitors.
WINDOW_PACKAGES := libgl1 libxcursor1 libxi6 libxinerama1 libxrandr2
run: PACKAGES := $(if $(DISPLAYED),$(WINDOW_PACKAGES))
test: PACKAGES := $(WINDOW_PACKAGES) xvfb

# A process for each core; what a file of tests has made for all of them is made once.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadfile

.PHONY: run test lint bench starter soak backends platforms docs lock clean

# With a display the window (ARGS: files to open, or a command), without one the demonstration.
run: $(INSTALLED)
	@tools/system_packages.sh $(PACKAGES)
ifneq ($(or $(DISPLAYED),$(ARGS)),)
	@$(BIN)/scseg $(ARGS)
else
	@echo "No display here, so the demonstration runs without the window."
	@$(BIN)/scseg demo --out scseg-demo
	@echo "Its files are in $(CURDIR)/scseg-demo"
endif

test: $(INSTALLED)
	@tools/system_packages.sh $(PACKAGES)
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet tests/test_docs.py

# Each figure as a ratio to a limit measured in the same run.
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(ARGS)

# Train what new networks begin from, on simulated tomograms: hours, even days; killed and started again, it goes on.
starter: $(INSTALLED)
	$(BIN)/python -m tools.starter $(ARGS)

# Fifty kills while somebody draws, in the window and below it; twenty minutes of somebody who looks at predictions;
# every call to the disk failing, and thousands of damaged files; clusters whose parts die; then the property
# tests again, with new random examples at every run and a hundred times as many; the tests of networks on torch
# and jax, in an environment of their own; whether each system gets a whole set of packages.
soak: PACKAGES := $(WINDOW_PACKAGES) xvfb
soak: $(INSTALLED)
	@tools/system_packages.sh $(PACKAGES)
	SCSEG_KILLS=50 $(BIN)/pytest --timeout=7200 tests/gui/test_annotation_kills.py tests/annotations/test_killed.py
	SCSEG_SOAK_MINUTES=20 $(BIN)/pytest --timeout=7200 tests/gui/test_prediction_soak.py
	SCSEG_MUTANTS=4000 $(BIN)/pytest --timeout=7200 tests/faults/test_annotation_side_files.py tests/faults/test_annotation_writes.py
	SCSEG_CLUSTER=1 $(BIN)/pytest --timeout=7200 tests/export/test_cluster.py tests/export/test_cluster_faults.py \
		tests/cli/test_segment_cluster_ends.py tests/runtime/exports/test_on_cluster.py
	SCSEG_FUZZ=5000 $(BIN)/pytest -s --timeout=7200 tests/faults/test_fuzzed_readers.py
	$(BIN)/pytest --hypothesis-profile=soak --timeout=7200 -m "not gui and not keras" $(ARGS)
	@$(MAKE) --no-print-directory backends platforms

# The tests of networks with Keras on torch and jax, which .venv does not have: .venv-backends does. Then that
# the commands import the chosen one alone.
ON_BACKENDS := tests/models tests/compute/test_depth.py tests/compute/test_small_card.py tests/cli/test_system.py
backends: $(BACKENDS)
	SCSEG_BACKEND=torch $(VENV)-backends/bin/pytest --timeout=7200 -m keras $(ARGS) $(ON_BACKENDS)
	SCSEG_BACKEND=jax $(VENV)-backends/bin/pytest --timeout=7200 -m keras $(ARGS) $(ON_BACKENDS)
	$(VENV)-backends/bin/pytest --timeout=7200 $(ARGS) tests/compute/test_launch.py tests/cli/test_backend_alone.py

platforms: $(INSTALLED)
	$(BIN)/python -m pip install --quiet uv
	tools/check_platforms.sh

docs: $(INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Renew requirements.lock within the ranges of pyproject.toml.
lock: $(INSTALLED)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --extra cluster --extra test --extra docs \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(VENV)-backends build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BACKENDS): requirements.lock pyproject.toml tools/setup_backends.sh $(INSTALLED)
	@tools/setup_backends.sh
	@touch $@

$(INSTALLED): requirements.lock pyproject.toml tools/setup.sh
	@tools/setup.sh $(PACKAGES)
	@touch $@
