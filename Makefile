# Every task of this project. `make help` lists them. Nothing is installed outside this folder,
# but for system packages that `make test` asks for (and says so).
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
PY := .venv/bin/python
RUN := PATH="$(CURDIR)/.venv/bin:$$PATH"

# What `make bench` measures: folders with pages/ and truth/, comma-separated; and how many pages of each at least.
DATA ?=
PAGES ?= 300

.PHONY: help
help: ## list the tasks
	@sed -n 's/^\([a-z]*\):.*## /\1 - /p' Makefile

.venv/.ready: requirements/dev.txt pyproject.toml .ci/venv .ci/python
	@.ci/venv .venv requirements/dev.txt
	@$(PY) -m pip install --quiet --quiet --no-deps --no-build-isolation --no-index --editable .
	@$(PY) -m compileall -q src # jails write no byte code
	@touch $@

.venv-bench/.ready: requirements/bench.txt .ci/venv
	@.ci/venv .venv-bench requirements/bench.txt
	@touch $@

.venv-training/.ready: requirements/training.txt .ci/venv
	@.ci/venv .venv-training requirements/training.txt
	@.venv-training/bin/python -m pip install --quiet --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

PROVIDER := tests/service/login/provider
build/oidc-provider/.ready: $(PROVIDER)/package.json $(PROVIDER)/package-lock.json .ci/node
	@.ci/node build/oidc-provider $(PROVIDER)
	@touch $@

.PHONY: demo
demo: .venv/.ready ## set up, and read the documents in examples/
	@$(RUN) sh examples/demo.sh

.PHONY: check
check: .venv/.ready ## lint, types, import contracts, docs, licences
	@.ci/system
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports --no-cache
	@.ci/test "not proof" -q $(CHECKED)

# What `make check` has just run is not run again by `make check test`.
CHECKED := tests/contracts tests/docs tests/licences

.PHONY: test
test: .venv/.ready build/oidc-provider/.ready ## all tests, as an ordinary user, and those about permissions as root too
	@.ci/system
	@.ci/test "not proof" $(if $(filter check,$(MAKECMDGOALS)),$(CHECKED:%=--ignore=%))

.PHONY: proof
proof: .venv/.ready build/oidc-provider/.ready ## the long proofs: every kill moment, every technique, every mutant (hours)
	@.ci/system
	@.ci/system chromium # a real browser opens the record
	@.ci/test proof

.PHONY: bench
bench: .venv/.ready .venv-bench/.ready ## measure side by side with other tools: DATA=folder[,folder] PAGES=300
	@.ci/system $$(sed -e 's/#.*//' bench/packages)
	.venv-bench/bin/python -m bench --data "$(DATA)" --pages $(PAGES)

.PHONY: format
format: .venv/.ready ## lay out the code
	$(RUN) ruff check --fix-only --quiet .
	$(RUN) ruff format .

.PHONY: docs
docs: .venv/.ready ## write the generated parts of docs/ again
	$(PY) -m tests.docs.generate
	$(PY) -m tests.licences.generate

.PHONY: examples
examples: .venv/.ready ## write examples/ again from their seeds
	$(PY) -m cloister.samples.examples examples

.PHONY: models
models: .venv-training/.ready ## build the shipped models again
	training/fetch build/training
	.venv-training/bin/python -m training

.PHONY: lock
lock: .venv/.ready ## pin the newest dependencies
	$(RUN) .ci/lock --upgrade

.PHONY: resolve
resolve: .venv/.ready ## check on which platforms the dependencies resolve, and write docs/platforms.md
	$(RUN) python .ci/resolve.py

.PHONY: clean
clean: ## remove everything that was made
	rm -rf .venv .venv-bench .venv-training out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
