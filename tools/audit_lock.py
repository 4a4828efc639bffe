"""Asks a database of known vulnerabilities about every package of requirements.lock; `make audit` and the CI run it.

    python tools/audit_lock.py [ARGUMENTS OF PIP-AUDIT, as --ignore-vuln ID]

The database is OSV (`--osv-url` names another of its kind). Exit status 1 says that it knows vulnerabilities. Where it cannot
be asked the check is skipped, with the reason and status 0: no network is no fault of the packages. A package that was not
looked up is named and never counted as clean. What pip-audit itself refuses (an argument, the lock) is status 2.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ANSWER_SECONDS = "5"
# the service's part of pip-audit: its own words for a time-out, or a traceback through the question it asked
NOT_ASKED = re.compile(r"Could not connect|_service.*, in query\b")
REASON = re.compile(r"^[\w.]*(?:error|timeout):.*", re.IGNORECASE | re.MULTILINE)
SKIPPED = "SKIPPED, no check of known vulnerabilities"


def judge(dependencies: list[dict[str, Any]]) -> tuple[str, int]:
    """What pip-audit's report says in words, and the exit status."""
    asked = [package for package in dependencies if "skip_reason" not in package]
    lines = [
        f"not looked up: {package['name']}: {package['skip_reason']}"
        for package in dependencies
        if "skip_reason" in package
    ]
    known = [(package, vulnerability) for package in asked for vulnerability in package["vulns"]]
    for package, vulnerability in known:
        cure = " or ".join(vulnerability["fix_versions"]) or "no version yet"
        names = ", ".join([vulnerability["id"], *vulnerability["aliases"]])
        lines.append(
            f"{package['name']} {package['version']}: {names}; mended by {cure}: {vulnerability['description']}"
        )
    counts = f"packages looked up: {len(asked)} of {len(dependencies)}; known vulnerabilities: {len(known)}"
    lines.append(counts if asked else f"{SKIPPED}: {counts}")
    return "\n".join(lines), bool(known)


def main() -> int:
    """Prints what was found, or why nothing could be."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), "--disable-pip"]
        command += ["--vulnerability-service", "osv", "--timeout", ANSWER_SECONDS, "--progress-spinner", "off"]
        command += ["--format", "json", "--output", str(report), *sys.argv[1:]]
        said = subprocess.run(command, capture_output=True, text=True).stderr.strip()
        if report.exists():
            text, status = judge(json.loads(report.read_text(encoding="utf-8"))["dependencies"])
        elif NOT_ASKED.search(said):
            reason = REASON.search(said)  # the first of a chain of exceptions tells most
            text, status = f"{SKIPPED}: the database gave no answer: {reason[0] if reason else said}", 0
        else:
            text, status = said, 2
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
