# Every common job by one word; `make` alone lists them.
#
#   make autograde A=rnn_step_by_step ARGS="--student s01"
#   make demo PY=python          use the Python of an environment that is active (conda)

A        ?= rnn_step_by_step
ARGS     ?=
COURSE   ?= .
DIR      ?= $(error make init DIR=path/to/an/empty/folder)
FILE     ?= $(error make collect FILE=path/to/submissions.zip)
LAB      ?= build/lab/$(A)
LITE     ?= build/lite
N        ?= 30
NOTEBOOK ?= $(error make mark NOTEBOOK=path/to/notebook.ipynb)
RETRIES  ?= 5
PYTHON   ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; \
	done),python3)

VENV := .venv
PY   := $(VENV)/bin/python
# The file that stands for a finished setup; with `make PY=...` the environment is the caller's.
READY := $(if $(filter file,$(origin PY)),$(VENV)/.stamp)

# nbgrader starts `alembic` by its bare name.
export PATH := $(if $(READY),$(CURDIR)/$(VENV)/bin:)$(PATH)
# More threads than one make small matrix products slower, and hang them under a process limit.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

GRADER  := $(PY) -m grader
PYTEST  := $(PY) -m pytest -n auto --dist loadfile
PIP     := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
# Started from another folder, and by root only when told that this is meant.
JUPYTERLAB = $(if $(findstring /,$(PY)),$(abspath $(PY)),$(PY)) -m jupyterlab \
	$(if $(filter 0,$(shell id -u)),--allow-root)

# What is made and proved holds for the course: all assignments, where none is named with A=.
ALL = $(if $(filter file,$(origin A)),$(notdir $(patsubst %/,%,$(wildcard solutions/*/))),$(A))

.DEFAULT_GOAL := help
.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup demo
setup: $(READY)  ## make .venv and install everything that is pinned in requirements.lock

$(VENV)/.stamp: requirements.lock pyproject.toml .ci/make_venv.py
	@$(PYTHON) .ci/make_venv.py $(VENV)
	@touch $@

demo: $(READY)  ## grade a bundled class in build/demo, from release to a table of marks
	@$(GRADER) demo $(A) $(ARGS)

.PHONY: test test-slow crosscheck fuzz
test: $(READY)  ## run the tests that take seconds
	@$(PYTEST) $(ARGS)

# Tests of a gradebook on a PostgreSQL server, and of a hub, skip by name where what they need does
# not install.
test-slow: $(READY)  ## run the tests that take minutes or a browser
	@$(PIP) --retries 0 -r requirements-postgres.lock 2>/dev/null || true
	@$(MAKE) --silent hub RETRIES=0 >/dev/null 2>&1 || true
	@$(PYTEST) -m "(slow or browser) and not crosscheck" $(ARGS)

# PyTorch's build without CUDA where pip can find it; else PyPI's, which on Linux brings CUDA.
# Both locks agree with requirements.lock, so nothing that is installed changes its version.
crosscheck: $(READY)  ## compare the references with PyTorch (a large download)
	@$(PIP) -r requirements-crosscheck-cpu.lock 2>/dev/null || $(PIP) -r requirements-crosscheck.lock
	@$(PYTEST) -n 0 -m crosscheck $(ARGS)

# Where atheris does not install, Hypothesis searches; either says so in its first line.
fuzz: $(READY)  ## search for bytes that break what reads untrusted bytes (ARGS="--seconds 600")
	@$(PIP) --only-binary :all: --retries 0 -r requirements-fuzz.lock 2>/dev/null || true
	@$(PY) -m tests.fuzz $(ARGS)

.PHONY: postgres hub
postgres: $(READY)  ## install the driver of a gradebook on a PostgreSQL server
	@$(PIP) -r requirements-postgres.lock

hub: $(READY)  ## install a JupyterHub and its proxy beside the kit, to try one out
	@$(PIP) --retries $(RETRIES) -r requirements-hub.lock
	@mkdir -p build/hub && cp .ci/hub/package.json .ci/hub/package-lock.json build/hub
	@npm ci --prefix build/hub --fetch-retries $(RETRIES) --silent --no-audit --no-fund

.PHONY: init new try watch release collect autograde written feedback report export verify verify-every mark forget simulate bench doctor
init: $(READY)  ## begin a course of your own in an empty folder (DIR=../my-course)
	@$(GRADER) init "$(DIR)" $(ARGS)

new: $(READY)  ## lay out a new assignment A, or add to it (ARGS='--exercise "f(x) -> y"')
	@$(GRADER) new $(A) $(ARGS)

try: $(READY)  ## say in a second or two what solutions and known mistakes do (ARGS=rnn_forward)
	@$(GRADER) try $(A) $(ARGS)

watch: $(READY)  ## do so at every save, and show the students' notebook as a page
	@$(GRADER) watch $(A) $(ARGS)

release: $(READY)  ## make the students' folders assignments/ from solutions/ (A=... for one)
	@$(foreach each,$(ALL),$(GRADER) release $(each) $(ARGS) &&) true

collect: $(READY)  ## put a platform's archive into submitted/ (FILE=submissions.zip)
	@$(GRADER) collect "$(FILE)" $(A) $(ARGS)

autograde: $(READY)  ## grade what lies in submitted/ into the gradebook
	@$(GRADER) autograde $(A) $(ARGS)

written: $(READY)  ## mark written answers on a page of this machine (ARGS=--anonymous)
	@$(GRADER) written $(A) $(ARGS)

feedback: $(READY)  ## write a page of feedback for each student
	@$(GRADER) feedback $(A) $(ARGS)

report: $(READY)  ## write the class report, a page and a table, into report/
	@$(GRADER) report $(A) $(ARGS)

export: $(READY)  ## write the marks as a table (ARGS="--format csv")
	@$(GRADER) export $(A) $(ARGS)

verify: $(READY)  ## prove that solutions earn full marks, blanks none, and mistakes lose marks
	@$(foreach each,$(ALL),$(GRADER) verify $(each) $(ARGS) &&) true

verify-every: $(READY)  ## the same with every small change of the solution, not a sample
	@$(foreach each,$(ALL),$(GRADER) verify $(each) --every $(ARGS) &&) true

mark: $(READY)  ## mark one notebook without a gradebook (NOTEBOOK=path/to/notebook.ipynb)
	@$(GRADER) mark "$(NOTEBOOK)" --assignment $(A) $(ARGS)

forget: $(READY)  ## take a student out of the course, after a copy (STUDENT=s01)
	@$(GRADER) forget "$(STUDENT)" $(ARGS)

simulate: $(READY)  ## write a synthetic class of N students into submitted/
	@$(GRADER) simulate $(N) $(A) $(ARGS)

bench: $(READY)  ## measure stock nbgrader, this kit and the floor on the same class
	@$(GRADER) bench $(A) $(ARGS)

doctor: $(READY)  ## say what isolation this machine offers
	@$(GRADER) doctor $(ARGS)

# JupyterLab without news and without the instructor's menus; what else is set stays.
STUDENTS = $(CURDIR)/.jupyter$(addprefix :,$(JUPYTER_CONFIG_PATH))

.PHONY: lab lite formgrader
lab: $(READY)  ## open the assignment as a student gets it, in a copy: build/lab/A
	@mkdir -p $(dir $(LAB))
	@test -e $(LAB) || cp -r assignments/$(A) $(LAB)
	@cd $(LAB) && JUPYTER_CONFIG_PATH=$(STUDENTS) $(JUPYTERLAB) $(A).ipynb $(ARGS)

lite: $(READY)  ## build a site on which the assignment runs in the browser: build/lite/site
	@PYODIDE="$(PYODIDE)" $(PY) .ci/lite.py $(LITE) $(A) $(ARGS)

formgrader: $(READY)  ## open nbgrader's formgrader on the course (COURSE=build/demo for the demo)
	@$(GRADER) release --source-only --course $(COURSE)
	@cd $(COURSE) && $(JUPYTERLAB) --LabApp.default_url=/formgrader $(ARGS)

.PHONY: lint format audit lock environment clean
lint: $(READY)  ## check style, format, types, and which way imports point
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command as run; run()" --no-cache --no-logo

format: $(READY)  ## mend what the linter and the formatter can mend by themselves
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

audit: $(READY)  ## say which locked versions have known vulnerabilities; never a failure
	@$(PY) .ci/audit.py

lock: $(READY)  ## remake the locks from pyproject.toml (ARGS=--upgrade for newer versions)
	@PY=$(PY) bash .ci/lock $(ARGS)

environment: $(READY)  ## remake environment.yml from pyproject.toml
	@mkdir -p build
	@$(PY) .ci/environment.py > build/environment.yml && mv build/environment.yml environment.yml

clean:  ## remove build/ and caches; never a course's gradebook, a submission or work in build/lab
	@test ! -d build || find build -mindepth 1 -maxdepth 1 ! -path build/lab -exec rm -rf {} +
	@rmdir build 2>/dev/null || true
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find grader solutions tests -name __pycache__ -type d -prune -exec rm -rf {} +
