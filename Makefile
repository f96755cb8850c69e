# The commands of this project. Each command first runs packaging/setup.sh, which skips completed steps.
.DEFAULT_GOAL := help
PY := .venv/bin/python
SETUP := bash packaging/setup.sh
export PYTHONUNBUFFERED := 1

.PHONY: help run tour install uninstall test test-unit test-ui test-x11 test-live test-bundle test-powershell lint bench soak mutate bundle setup clean

help:  ## show this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

run:  ## open the window (without a display: save the screenshots of the tour)
	@$(SETUP) run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec .venv/bin/fcm; \
	else echo "No display found (DISPLAY and WAYLAND_DISPLAY are empty). Taking the tour offscreen instead."; \
	QT_QPA_PLATFORM=offscreen .venv/bin/fcm tour --out tour && echo "The screenshots are in $(CURDIR)/tour. Open index.html."; fi

tour:  ## save the screenshots of the tour in ./tour
	@$(SETUP) run
	@QT_QPA_PLATFORM=offscreen .venv/bin/fcm tour --out tour

install:  ## install the command fcm and a menu entry (root: in /usr/local, others: in ~/.local)
	@$(SETUP) run
	@.venv/bin/fcm desktop install $(if $(PREFIX),--prefix "$(PREFIX)")

uninstall:  ## remove the command and the menu entry
	@$${PYTHON:-python3} -m fcm desktop remove $(if $(PREFIX),--prefix "$(PREFIX)")

test:  ## run everything: lint, all tests, the live lab, the bundle
	@$(SETUP) test
	@$(PY) packaging/run_tests.py lint rules window x11 bundle live

test-unit:  ## run the tests without a window
	@$(SETUP) test
	@$(PY) packaging/run_tests.py rules

test-ui:  ## run the window tests offscreen
	@$(SETUP) test
	@$(PY) packaging/run_tests.py window

test-x11:  ## run the tests with a real mouse and keyboard, under Xvfb and a window manager
	@$(SETUP) test
	@$(PY) packaging/run_tests.py x11

test-live:  ## run the live tests with real QEMU and libvirt (root)
	@$(SETUP) test
	@$(PY) packaging/run_tests.py live

test-bundle:  ## build the bundle and start it
	@$(SETUP) test
	@$(PY) packaging/run_tests.py bundle

test-powershell:  ## run tests/powershell through a real PowerShell (pwsh or powershell on the PATH)
	@$(SETUP) run
	@$(PY) packaging/test_powershell.py

lint:  ## run ruff, mypy and the import contracts
	@$(SETUP) test
	@$(PY) packaging/run_tests.py lint

soak:  ## let random failures, commands, closing and kill -9 happen to simulated clusters (1,400 runs, half an hour)
	@$(SETUP)
	@nice $(PY) -m benchmarks.soak

bench:  ## run the benchmarks (frame time, start-up time and others)
	@$(SETUP) test
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m benchmarks

mutate:  ## run mutation tests: make mutate ROOM=model SAMPLE=40 SEED=1 (all rooms: hours)
	@$(SETUP) mutate
	@nice $(PY) -m mutation $(ROOM) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(MOST),--most $(MOST))

bundle:  ## build dist/fcm, a folder that runs without Python
	@$(SETUP) test
	@$(PY) packaging/bundle.py

setup:  ## set up the development environment only
	@$(SETUP) test

clean:  ## remove everything that the other commands created
	rm -rf .venv build dist tour .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
