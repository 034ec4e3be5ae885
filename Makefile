# make demo | test | test-kernel | test-slow | test-core | test-pins | test-addon | lint | format
# | bench | clean
# Settings: ODOO=/path/to/odoo-19 PORT=8069 DETACH=1 ADDON= K= DB= COBRANZA_WORK=/path
# CLOCK=+400d (faketime's offset, in seconds or with d, h, m): make test and test-addon run
# their tests on another clock; CI does
# make bench ARGS='[follow_up|charges] [--size 10000] [--keep]'; ARGS=--help tells more
SHELL := /bin/bash
export ODOO PORT DETACH ADDON K DB FILES ARGS CLOCK COBRANZA_WORK

.PHONY: help bootstrap demo demo-stop demo-reset test test-kernel test-addon test-slow \
	test-core test-pins lint format bench clean

help:
	@sed -n '1,6s/^# //p' Makefile

bootstrap:
	@scripts/bootstrap

demo:
	@scripts/demo

demo-stop:
	@scripts/demo stop

demo-reset:
	@scripts/demo reset

test:
	@scripts/test_kernel
	@scripts/test_addons

test-kernel:
	@scripts/test_kernel

test-addon:
	@scripts/test_addon

test-slow:
	@scripts/test_slow

test-pins:
	@scripts/test_pins

test-core:
	@scripts/test_core

lint:
	@scripts/lint

format:
	@scripts/lint --fix

bench:
	@scripts/bench

clean:
	@scripts/clean
