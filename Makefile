# make demo   samples/ into lake/, with all set-up
# make test   all tests, with all set-up
# make demo-stream  a real broker, the job, rows appearing (needs Java and Maven)
# make check  lint, types, import rules, contracts
# make audit  asks whether known vulnerabilities concern the lock
# make lock   pins every dependency anew, and writes the SBOM

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: demo demo-stream test check audit lock bench clean

SAMPLES := 'samples/*.jsonl' 'samples/*.jsonl.gz' 'samples/*.warc.gz'

# a lake that an older version of the demo made is made anew; any other is left alone
demo: $(VENV)/runtime.done
	$(BIN)/copytaster backfill $(SAMPLES) --lake lake --workers $(WORKERS) || \
		{ test -e lake/.demo && rm -rf lake && $(BIN)/copytaster backfill $(SAMPLES) --lake lake --workers $(WORKERS); }
	touch lake/.demo
	$(BIN)/copytaster look --lake lake
	$(BIN)/copytaster dead-letters --lake lake
	$(BIN)/copytaster publish --lake lake
	$(BIN)/python tools/demo_edition.py lake

demo-stream: $(VENV)/dev.done
	$(BIN)/python tools/demo_stream.py

test: $(VENV)/dev.done
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/copytaster schemas --check

audit: $(VENV)/dev.done
	$(BIN)/python tools/audit_lock.py $(ARGS)

bench: $(VENV)/dev.done
	$(BIN)/python -m benchmarks.speed --json benchmarks/figures.json

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "copytaster needs Python 3.11 or newer, this is %d.%d; name another with: make PYTHON=python3.11" % v[:2])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.done: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.done: $(VENV)/runtime.done requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# the locks name no index: versions and hashes hold wherever packages come from
lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra s3 --extra protobuf --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra s3 --extra protobuf --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv tool run --quiet --python $(BIN)/python --from cyclonedx-bom cyclonedx-py requirements --output-reproducible --short-PURLs --pyproject pyproject.toml -o $(VENV)/sbom.json requirements.lock
	$(BIN)/python tools/make_sbom.py $(VENV)/sbom.json deploy/sbom.cdx.json

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
