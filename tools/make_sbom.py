"""Writes deploy/sbom.cdx.json from what cyclonedx-py made of the lock file; `make lock` runs it.

    python tools/make_sbom.py MADE OUT

It takes out what is true of one index only (addresses to fetch from: the lock names none either, and has the hashes), and what
changes with a line of the lock that says nothing of the package (components are named by their line). Packages are told by
their package URL instead.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def without_addresses(node: Any) -> Any:
    """The same without external references, however deep they lie."""
    if isinstance(node, dict):
        return {key: without_addresses(value) for key, value in node.items() if key != "externalReferences"}
    return [without_addresses(value) for value in node] if isinstance(node, list) else node


def main() -> None:
    """Reads the one file, writes the other."""
    made, out = map(Path, sys.argv[1:])
    bom = without_addresses(json.loads(made.read_text(encoding="utf-8")))
    for component in bom["components"]:
        component["bom-ref"] = component["purl"]
        del component["description"]  # the line of the lock
    bom["components"].sort(key=lambda component: component["purl"])
    del bom["dependencies"]  # all empty, which would say that no package needs another
    out.write_text(json.dumps(bom, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
