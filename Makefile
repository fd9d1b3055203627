# Each command sets up what it needs by itself.
.PHONY: help run reset test soak mutants bench lighthouse screenshots check kit sbom format messages lock
MAKEFLAGS += --no-print-directory

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */make \1	/' | expand -t 16

run: ## serve the portal on http://localhost:8000 (PORT, HOST, DATA_DIR)
	@tools/setup run && exec .venv/bin/python manage.py serve_embedded

reset: ## forget all data of make run (stop it first)
	@tools/reset

test: ## the whole suite, on PostgreSQL and a part on SQLite (ARGS="tests/consent -k consent")
	@tools/setup dev && exec .venv/bin/python tools/run_tests.py $(ARGS)

soak: ## the tests that race and search, for long (about two hours)
	@tools/setup dev && SOAK=1 PYTEST_TIMEOUT=0 exec .venv/bin/python tools/run_tests.py tests/consent/test_race.py tests/consent/test_policy_laws.py tests/consent/test_state_machine.py tests/people/test_state_machine_over_http.py tests/faults/test_parsers.py tests/connectors/test_rivta_fuzz.py tests/faults/test_foreign.py tests/accesslog/test_crashes.py tests/accesslog/test_tampering.py tests/accesslog/test_sealing.py tests/security/test_others_patients.py tests/api/test_fuzz.py

mutants: ## change the decision code in one place at a time and demand a red test (ARGS=consent/policy.py)
	@tools/setup dev && exec .venv/bin/python tools/mutants.py $(ARGS)

bench: ## measure speed into bench/latest.json, about half an hour on an idle machine (ARGS="sql hung")
	@tools/setup dev && exec .venv/bin/python -m bench $(ARGS)

lighthouse: ## let Lighthouse judge the demo's overview, on a phone and on a desktop
	@tools/setup dev && exec .venv/bin/python tools/lighthouse/judge.py

screenshots: ## every page and state of the demo into var/screenshots (ARGS="print meeting"; ARGS=--readme)
	@tools/setup dev && exec .venv/bin/python tools/screenshots.py $(ARGS)

check: ## format, lint, types, walls, templates, migrations, translations, house rules, bandit
	@tools/setup dev && tools/setup scan && exec .venv/bin/python tools/check.py

kit: ## build patientoversikt-kit, for vendors who write a connector, into dist/
	@tools/setup dev && cd kit && ../.venv/bin/python -m hatchling build -t wheel -d ../dist

sbom: ## what the product is made of, as CycloneDX JSON, into dist/
	@tools/setup run && tools/setup scan && exec .venv-scan/bin/python tools/sbom.py

format: ## put the code in the agreed format
	@tools/setup dev && .venv/bin/ruff check --fix --exit-zero && .venv/bin/ruff format

messages: ## gather texts to translate into locale/ and compile them
	@tools/setup dev && exec .venv/bin/python tools/translations.py update

lock: ## write the lock files anew (UPGRADE=--upgrade for newer versions)
	@tools/lock $(UPGRADE)
