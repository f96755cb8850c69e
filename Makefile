# The commands of this project. Each one does its own set-up first (packaging/setup.sh); a second run finds it done.
.DEFAULT_GOAL := help
PY := .venv/bin/python
SETUP := bash packaging/setup.sh
export PYTHONUNBUFFERED := 1

.PHONY: help run tour install uninstall test test-unit test-ui test-live test-bundle lint bench mutate bundle setup clean

help:  ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

run:  ## open the window; without a display write the pictures of the tour
	@$(SETUP) run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec .venv/bin/fcm; \
	else echo "No display here (DISPLAY and WAYLAND_DISPLAY are empty): taking the guided tour without one."; \
	QT_QPA_PLATFORM=offscreen .venv/bin/fcm tour --out tour && echo "The pictures are in $(CURDIR)/tour, start with index.html."; fi

tour:  ## write the pictures of the tour into ./tour
	@$(SETUP) run
	@QT_QPA_PLATFORM=offscreen .venv/bin/fcm tour --out tour

install:  ## the command fcm and a menu entry: for root in /usr/local, for others in ~/.local
	@$(SETUP) run
	@.venv/bin/fcm desktop install $(if $(PREFIX),--prefix "$(PREFIX)")

uninstall:  ## take them away again
	@$${PYTHON:-python3} -m fcm desktop remove $(if $(PREFIX),--prefix "$(PREFIX)")

test:  ## everything: lint, all tests, the live lab, the bundle
	@$(SETUP) test
	@$(PY) packaging/run_tests.py lint rules window bundle live

test-unit:  ## tests without a window
	@$(SETUP) test
	@$(PY) packaging/run_tests.py rules

test-ui:  ## tests of the window, offscreen
	@$(SETUP) test
	@$(PY) packaging/run_tests.py window

test-live:  ## real QEMU and libvirt on this machine (root)
	@$(SETUP) test
	@$(PY) packaging/run_tests.py live

test-bundle:  ## build the bundle and start it
	@$(SETUP) test
	@$(PY) packaging/run_tests.py bundle

lint:  ## ruff, mypy and the import contracts
	@$(SETUP) test
	@$(PY) packaging/run_tests.py lint

bench:  ## frame time, start-up time and the other figures of benchmarks/
	@$(SETUP) test
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m benchmarks

mutate:  ## do the tests notice when a rule is changed: make mutate ROOM=model SAMPLE=40 SEED=1 (all rooms: hours)
	@$(SETUP) mutate
	@nice $(PY) -m mutation $(ROOM) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

bundle:  ## one folder that runs without Python: dist/fcm
	@$(SETUP) test
	@$(PY) packaging/bundle.py

setup:  ## only the set-up for development
	@$(SETUP) test

clean:  ## remove what the other commands made
	rm -rf .venv build dist tour .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
