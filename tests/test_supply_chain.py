"""The bill of materials is the lock file's, and the question about known vulnerabilities is asked in earnest or not at all."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from tools.audit_lock import judge

ROOT = Path(__file__).parent.parent
SBOM = (ROOT / "deploy/sbom.cdx.json").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = set(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE))
ELSEWHERE = set(re.findall(r"^([\w.-]+)==(\S+) ; .*win32", LOCK, re.MULTILINE))  # never installed where the tests run


class Database(BaseHTTPRequestHandler):
    """Speaks as OSV does. It knows something about one package; a database that is `gone` answers 404."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    asked: set[tuple[str, str]]
    vulnerable = ""
    gone = False

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = question["package"]["name"]
        self.asked.add((name, question["version"]))
        package = {"name": name, "ecosystem": "PyPI"}
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
        found = {"id": "T-2026-1", "summary": "Eats type.", "affected": [{"package": package, "ranges": ranges}]}
        answer = json.dumps({"vulns": [found]} if name == self.vulnerable else {}).encode()
        self.send_response(404 if self.gone else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def database(**ways: object) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The address of a database of those ways, and the set of what it is asked."""
    asked: set[tuple[str, str]] = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Database,), {"asked": asked, **ways}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
    finally:
        server.shutdown()
        server.server_close()


def audit(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "tools/audit_lock.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_the_sbom_is_the_locks() -> None:
    """Each package in its version and no other, of this version of ours; `make lock` writes it."""
    bom = json.loads(SBOM)
    named = [(component["name"], component["version"]) for component in bom["components"]]
    assert len(PINS) == LOCK.count("==") - LOCK.count(" == ")
    assert sorted(named) == sorted(PINS)
    assert {component["purl"] for component in bom["components"]} == {f"pkg:pypi/{n}@{v}" for n, v in PINS}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [bom["metadata"]["component"][key] for key in ("name", "version")] == [project["name"], project["version"]]


def test_the_sbom_is_one_and_names_no_index() -> None:
    """It is what the standard's schema asks for, the same every time, and names no place to fetch from."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(SBOM) is None
    assert not {"serialNumber", "timestamp"} & {*json.loads(SBOM), *json.loads(SBOM)["metadata"]}
    assert set(re.findall(r"\w+://[^\"]+", SBOM)) == {json.loads(SBOM)["$schema"]}


def test_a_known_vulnerability_fails() -> None:
    """It is named with its cure, and the others of the lock were asked about, too."""
    with database(vulnerable="lxml") as (url, asked):
        status, said = audit("--osv-url", url)
        assert status == 1
        assert re.search(r"^lxml [\d.]+: T-2026-1; mended by 99\.1: Eats type\.$", said, re.MULTILINE)
        assert said.endswith(f"packages looked up: {len(asked)} of {len(asked)}; known vulnerabilities: 1\n")
        assert PINS - ELSEWHERE <= asked <= PINS


@pytest.mark.parametrize("trouble", ["closed", "silent", "gone"])
def test_a_database_that_cannot_be_asked_is_no_verdict(trouble: str) -> None:
    """Nobody listens, nobody answers, or what answers knows nothing of the question: status 0, but never 'none found'."""
    with socket.socket() as listener, database(gone=True) as (url, _):
        listener.bind(("127.0.0.1", 0))
        if trouble == "silent":
            listener.listen()
        if trouble != "gone":
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1/query"
        status, said = audit("--osv-url", url, "--timeout", "1")
    reason = {"closed": "refused", "silent": "timed out", "gone": "404"}[trouble]
    assert re.fullmatch(rf"SKIPPED, no check of known vulnerabilities: .*{reason}.*\n", said)
    assert status == 0


def test_what_is_asked_wrongly_is_said() -> None:
    """A misspelt argument must not pass for a missing network."""
    status, said = audit("--osv-adress=http://127.0.0.1/")
    assert status == 2
    assert "--osv-adress" in said


def test_what_was_not_looked_up_is_not_clean() -> None:
    """pip-audit's report counts such packages as neither; all of them together are no check at all."""
    lost = {"name": "inkwell", "skip_reason": "Dependency not found"}
    clean = {"name": "lxml", "version": "6.1", "vulns": []}
    text, status = judge([lost, clean])
    assert (text.splitlines(), status) == (
        ["not looked up: inkwell: Dependency not found", "packages looked up: 1 of 2; known vulnerabilities: 0"],
        0,
    )
    assert (
        judge([lost])[0]
        .splitlines()[-1]
        .startswith("SKIPPED, no check of known vulnerabilities: packages looked up: 0 of 1")
    )
