# SPDX-License-Identifier: GPL-3.0-or-later
# make setup | demo | test | lint | package | bench; every step finds what an earlier run has made.

# The Python that the worker's environment is made from, and the one that QGIS runs. The shell looks
# for it when it is needed: on a bare machine "setup" has only just installed it.
SYSTEM_PYTHON = $$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)
PYTHON ?= $(SYSTEM_PYTHON)
QGIS_PYTHON ?= $(SYSTEM_PYTHON)
export COVERLOOM_RUNTIME ?= $(CURDIR)/build/runtime

DEV := build/dev/bin/python -m
QGIS_ENV := QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} QGIS_CUSTOM_CONFIG_PATH=$(CURDIR)/build/qgis-tests-profile

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-qgis test-unit lint package bench lock clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1  /p' Makefile

setup: ## install QGIS where it is missing; build the runtime and the tools of the tests
	@scripts/setup_system
	@$(PYTHON) -I scripts/setup_environments.py --qgis-python $(QGIS_PYTHON)

demo: setup ## from nothing to a land-cover map on a picture of the QGIS canvas
	@scripts/demo

# Both parts run, whatever the first one finds; pytest's own summary is the last line.
test: setup ## all tests: in QGIS's Python, then in the worker's
	@status=0; \
	$(MAKE) --no-print-directory test-qgis || status=1; \
	$(MAKE) --no-print-directory test-unit || status=1; \
	exit $$status

test-qgis:
	@$(QGIS_ENV) build/qgis-test/bin/python -m pytest tests/qgis

test-unit:
	@$(DEV) pytest tests/unit

lint: setup ## style, types, QGIS's rules
	@$(DEV) ruff check .
	@$(DEV) ruff format --check .
	@$(DEV) mypy engine models
	@$(DEV) flake8 --select=QGS1,QGS4 --extend-ignore=QGS105 __init__.py plugin processing_provider

package: setup ## dist/coverloom-<version>.zip, scanned as the plugin site does
	@$(DEV:-m=) scripts/package_plugin.py

bench: setup ## the figures of benchmarks/README.md, measured on this machine
	@for part in benchmarks/bench_*.py; do $(DEV:-m=) $$part || exit 1; done

# Needs uv. openvino-telemetry reports each import to a server; openvino works without it.
# --no-header and --no-annotate keep the machine that did it out of the files.
UPGRADE ?=
LOCK := uv pip compile --quiet $(UPGRADE) --universal --generate-hashes --no-annotate --no-header \
  --no-emit-package openvino-telemetry
lock: ## resolve requirements/*.in again (UPGRADE=--upgrade: to the newest versions)
	cd requirements && for tier in map-cpu map-gpu train-cpu train-gpu import uv; do \
	  $(LOCK) --python-version 3.11 --only-binary :all: $$tier.in -o $$tier.txt || exit 1; done
	cd requirements && $(LOCK) --python-version 3.11 dev.in -o dev.txt
	cd requirements && $(LOCK) --python-version 3.9 qgis-test.in -o qgis-test.txt

clean: ## delete what was built
	rm -rf build dist
