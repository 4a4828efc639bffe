"""The unit of work: a range of one source, that it was cut (plan), and that its rows are there (manifest)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, model_validator

SourceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,248}(~[1-9][0-9]*)?$")]
"""Safe as a file name on every storage: no slash, no leading dot. `~2` at the end is the second round of a source's dead
letters (see `copytaster.sources.dead_letters`); no topic or archive has a tilde in its name.
"""


class Value(BaseModel):
    """A frozen record of the log, stored as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Block(Value):
    """The half-open range [start, end) of one partition: Kafka offsets, or numbers of an archive's records from 0."""

    source: SourceName
    partition: NonNegativeInt = 0
    start: NonNegativeInt
    end: NonNegativeInt

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"block [{self.start}, {self.end}) of {self.source} ends before it starts")
        return self

    @property
    def partition_name(self) -> str:
        """Source and partition as one name; distinct partitions have distinct names."""
        return f"{self.source}-{self.partition}"

    @property
    def name(self) -> str:
        """What every file of the block is called, without its ending."""
        return f"{self.partition_name}-{self.start}-{self.end}"


class Plan(Value):
    """That a block was cut here, for ever: whoever comes later follows it."""

    block: Block
    is_last: bool = False
    """The source ends with this block (archives only)."""
    planned_at: datetime


class TableFile(Value):
    """One Parquet file of a block. `path` is relative to the lake."""

    path: str
    rows: NonNegativeInt
    bytes: NonNegativeInt
    sha256: str


class Manifest(Value):
    """That a block is published: its files are there and hold all rows of its records."""

    block: Block
    attempt: str = ""
    """The attempt whose files these are; it stands in their names."""
    ingest_date: date
    files: Mapping[str, TableFile] = Field(default_factory=dict)
    """By table; a table without rows has no file."""
    records: NonNegativeInt
    """Records that the range held; every one is an article or a dead letter, or both (`incomplete`)."""
    articles: NonNegativeInt
    dead_letters: NonNegativeInt
    incomplete: NonNegativeInt = 0
    """Articles that lack rows because a layer failed on them, and are dead letters too."""
    reasons: Mapping[str, int] = Field(default_factory=dict)
    """Dead letters by stage and reason, `parse/not_json`."""
    lost: NonNegativeInt = 0
    """Offsets that the broker no longer had, and that were given up with --accept-loss."""
    oldest_record: datetime | None = None
    """The earliest of the records' own timestamps: how long it took from there shows as latency."""
    extractor_version: str
    code: str = ""
    """Fingerprint of the code and knowledge that made the rows; nothing depends on it."""
    model_version: str
    published_at: datetime
    seconds: Mapping[str, float] = Field(default_factory=dict)
    """Time spent by stage and layer."""

    @model_validator(mode="after")
    def _nothing_lost(self) -> Self:
        if self.records != self.articles + self.dead_letters - self.incomplete:
            raise ValueError(
                f"block {self.block.name}: {self.records} records went in, {self.articles} articles and "
                f"{self.dead_letters} dead letters, {self.incomplete} of them both, came out; the block is not published"
            )
        return self
