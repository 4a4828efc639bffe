"""A real Spark, with Iceberg, as a process of the test that takes SQL and gives rows."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from services.java import end, jars

POM = Path(__file__).with_name("spark.pom.xml")
PROGRAM = Path(__file__).with_name("SqlLines.java")

OPENED = "lang lang.invoke net nio util util.concurrent util.concurrent.atomic"
"""Packages of Java 17 that Spark looks into."""

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    # a few rows of many statements: compiling each of them costs more than reading it
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


class Spark:
    """A session of Spark in a folder, from which relative paths count. It takes half a minute to start."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        libraries = jars("spark", POM)
        opens = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in OPENED.split()]
        opens += [
            f"--add-opens=java.base/sun.{name}=ALL-UNNAMED" for name in ("nio.ch", "util.calendar", "security.action")
        ]
        flags = ["-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        flags += ["-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"]  # a fifth of its start
        options = [f"{name}={value}" for name, value in {**SETTINGS, **(settings or {})}.items()]
        self.folder = folder
        self.log = folder / "spark.log"
        with self.log.open("wb") as errors:
            self.process = subprocess.Popen(
                ["java", *flags, *opens, "-cp", f"{libraries}/*", str(PROGRAM), *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"},
                text=True,
                encoding="utf-8",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.process)

    def run(self, statement: str) -> list[dict[str, Any]]:
        """The rows of a statement; columns that are null are left out. Raises RuntimeError with what Spark says of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(statement.strip().replace("\n", "\u2028") + "\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line != "\n":
                lines.append(line)
                continue
            if lines and lines[0].startswith("error "):
                raise RuntimeError(f"{lines[0]}in:\n{statement}")
            return [json.loads(line) for line in lines]
        raise RuntimeError(f"Spark ended: {self.log.read_text()[-2000:]}")

    def script(self, text: str) -> None:
        """Runs a file of statements, each ending with a semicolon at the end of a line."""
        for statement in text.split(";\n"):
            if statement.strip():
                self.run(statement)
