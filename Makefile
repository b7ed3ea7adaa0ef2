# Every command of the project. `make help` lists them.
# The system's own interpreter first: a distribution builds it with profile-guided optimization, one
# that a version manager compiles on the spot is a tenth slower. Debian may lack its venv.
PYTHON ?= $(or $(shell for one in /usr/bin/python3.11 python3.11 python3; do \
  $$one -c 'import ensurepip' 2>/dev/null && echo $$one && break; done),python3)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
export HOST PORT
# Bytecode is kept whatever the machine says: without it every start takes four seconds more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run test browser test-fast test-sqlite drill mutants bench audit load-test check check-types check-source fmt shell lock client deploy rollback clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: var/.installed var/.system static/built/.done payments/djstripe_schema/0001_initial.py ## environment, packages, front-end files

var/.installed: requirements/development.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) and "Python 3.11 or newer is needed.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/development.txt
	@mkdir -p var && touch $@

# The CAD kernel's two shared libraries, where the system lacks them.
var/.system: var/.installed marketplace/operations/system_packages.py
	@$(BIN)/python -m marketplace.operations.system_packages
	@touch $@

node_modules/.done: package-lock.json package.json var/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

FRONT := $(shell find static templates -type f -not -path 'static/built/*' 2>/dev/null)
static/built/.done: node_modules/.done $(FRONT)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm run --silent build
	@touch $@

# One migration with dj-stripe's identical schema, made from the installed package: its own take
# over a minute from zero. Development and tests only; production runs the real ones.
payments/djstripe_schema/0001_initial.py: var/.installed
	@rm -rf $(@D) && mkdir -p $(@D) && touch $(@D)/__init__.py
	@$(BIN)/python manage.py makemigrations djstripe --skip-checks --verbosity 0

# Every file an app or package brings, with its hash in its name.
var/static/.done: static/built/.done var/.installed config/settings/development.py
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@touch $@

run: install var/static/.done ## serve the product with demo data at HOST:PORT
	@$(BIN)/python manage.py migrate --verbosity 0
	@exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT)

# First what needs one process, three at once on two cores: the longest first.
test: install ## everything: checks, tests on PostgreSQL and Redis, journeys on SQLite, Chromium
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target WORKERS=1 \
	  test-sqlite var/.real-migrations var/.geometry check-types check-source var/.wal browser
	@$(BIN)/python -m tests.run

browser: install
	@$(BIN)/python -m marketplace.operations.system_packages --browser
	@$(BIN)/python -m marketplace.operations.system_packages --proxy

test-sqlite: install
	@$(BIN)/python -m tests.run --sqlite -n $(WORKERS)

# The CAD reader is a program of its own that nothing else of the project can change; it needs no server.
GEOMETRY := $(shell find marketplace/parts/geometry marketplace/operations/demo_cad tests/parts/geometry -name '*.py' 2>/dev/null)
var/.geometry: requirements/production.txt tests/made_files.py $(GEOMETRY)
	@ENVIRONMENT=testing $(BIN)/python -m pytest -n $(WORKERS) -m geometry tests/parts/geometry
	@touch $@

# Production's migrations from zero take over a minute; what they do changes with the packages only.
# They are compared with migrated tables: PostgreSQL words some rules otherwise once a dump was read.
var/.real-migrations: requirements/production.txt tests/operations/test_real_migrations.py
	@rm -rf var/test-postgres
	@$(BIN)/python -m tests.run tests/operations/test_real_migrations.py -m real_migrations
	@touch $@

# A server of its own that archives and is recovered twice, by the lines an operator is given.
var/.wal: requirements/development.txt docs/backups.md tests/operations/backups/test_wal_archive.py
	@ENVIRONMENT=testing $(BIN)/python -m pytest -n 0 -m wal tests/operations/backups/test_wal_archive.py
	@touch $@

test-fast: install var/.geometry ## the quickest tests, for a minute and a half: no browser, no second database
	@$(BIN)/python -m tests.run --fast

drill: install ## the long rounds: every fault that processes and signals cause, every drill of payments but the walk, backup and restore, the whole demo, calls made up from the API's document, the way back, the image
	@$(BIN)/python -m tests.faults
	@$(BIN)/python -m tests.payments.drills -k "not wherever_orders_go"
	@$(BIN)/python -m tests.run -n 0 -s tests/operations/backups/test_drill.py
	@$(BIN)/python -m tests.run --sqlite -n 0 -s tests/operations/backups/test_drill.py
	@DRILL_ROUND=long $(BIN)/python -m tests.run -n 1 tests/operations/test_whole_demo.py
	@API_ROUND=long $(BIN)/python -m tests.run -n 1 tests/matrix/test_machine.py
	@$(BIN)/python -m tests.rollback
	@$(BIN)/python -m tests.image

mutants: install ## each safeguard of money taken away in a copy: its drill must fail
	@$(BIN)/python -m tests.mutants

bench: install ## what reading CAD files, calls of the API, lists of staff, webhooks, settlement and a long ledger cost
	@$(BIN)/python -m marketplace.operations.bench_cad
	@$(BIN)/python -m marketplace.operations.bench_api $(ROWS)
	@$(BIN)/python -m marketplace.operations.bench_money $(ROWS)

audit: install var/static/.done browser ## the safety of code, packages, settings, image and proxy, and six pages by Lighthouse; AUDIT_ONLINE=1: packages must have been asked
	@$(BIN)/python -m tests.audit
	@$(BIN)/python -m whitenoise.compress --quiet var/static/built var/static/django_htmx  # as in production
	@$(BIN)/python -m tests.lighthouse

load-test: install var/static/.done ## 50 people at once for a minute (LOAD_SECONDS, LOAD_USERS, LOAD_URL), held against the thresholds
	@$(BIN)/python -m tests.load

check: install ## lint, types, import contract, migrations, templates, diagrams, the API's document
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-source

check-types:
	@$(BIN)/mypy .

check-source:
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-cache | tail -3
	@$(BIN)/djlint --check --lint --quiet templates
	@$(BIN)/python -m tests.checks

fmt: install ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

shell: install ## Django's shell
	@$(BIN)/python manage.py shell

lock: install ## resolve the requirements again into locked files with hashes
	@for name in development production; do $(BIN)/uv pip compile --quiet --generate-hashes \
	  --no-emit-index-url --no-header --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done

client: install ## the typed Python client of the API, in var/client
	@$(BIN)/python -m tests.generated_client var/client

deploy: ## on the server: build this commit, back up, migrate, start, try it out; the release before if it fails
	@docker/deploy.sh

rollback: ## on the server: back to the release before
	@docker/deploy.sh --rollback

clean: ## remove everything that was made here, the database included
	@rm -rf .venv node_modules var static/built payments/djstripe_schema
