"""What a run can be told: one frozen object, made once in the command line and passed by value.

Later beats earlier: defaults, the file (`copytaster.toml`, or the one that COPYTASTER_CONFIG names), the environment
(COPYTASTER_*), flags.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from copytaster.lake.log import LakeError
from copytaster.models import DEFAULT_MODEL
from copytaster.parse import FORMATS
from copytaster.sources.planning import Limits
from copytaster.sources.variables import CONNECTION_VARIABLES, PASSWORD_VARIABLE, USER_VARIABLE
from copytaster.time_limit import MAX_ARTICLE_SECONDS

PREFIX = "COPYTASTER_"
CONFIG_VARIABLE = "COPYTASTER_CONFIG"
OTHER_VARIABLES = frozenset(
    {CONFIG_VARIABLE, "COPYTASTER_OFFER_AGAIN", USER_VARIABLE, PASSWORD_VARIABLE, *CONNECTION_VARIABLES}
)
"""What the environment may say besides the settings: above all secrets, which have no flag."""

TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")


class Settings(BaseSettings):
    """Every setting with its default. Raises pydantic.ValidationError naming the setting, the value and what fits."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    lake: str = Field("lake", description="Folder or fsspec URL of the lake.")
    model: str = Field(DEFAULT_MODEL, description="Installed spaCy pipeline that annotates the texts.")
    workers: Annotated[int, Field(ge=1, le=256)] = Field(1, description="Processes, each with its own model.")
    max_records: Annotated[int, Field(ge=1)] = Field(256, description="Records of a block at most.")
    max_bytes: Annotated[int, Field(ge=1)] = Field(500_000, description="Bytes of a block's records at most.")
    max_article_seconds: Annotated[float, Field(gt=0)] = Field(
        MAX_ARTICLE_SECONDS, description="CPU seconds that one article may take; over it, a dead letter `too_slow`."
    )
    format: str = Field("auto", description=f"Shape of the input: {', '.join(FORMATS)}; auto looks at each record.")
    default_zone: str = Field("UTC", description="Time zone of input times that have none, e.g. Europe/Berlin.")
    brokers: str = Field("localhost:9092", description="Kafka brokers, host:port, several with commas.")
    topic: str = Field("articles", description="Kafka topic that articles arrive on, several with commas.")
    start_from: str = Field(
        "earliest",
        description="Where a topic starts that is new to the lake: earliest, latest, or a time, e.g. 2026-03-01T06:00Z.",
    )
    value_format: Literal["json", "avro", "protobuf"] = Field(
        "json", description="How the messages' values are written; avro and protobuf need schema_registry."
    )
    schema_registry: str = Field("", description="Address of the schema registry, http(s)://host:port; empty: none.")
    empty_value: Literal["dead-letter", "tombstone"] = Field(
        "dead-letter",
        description="What an empty value is: a dead letter, or the article withdrawn, as by a null value.",
    )
    dead_letter_topic: str = Field(
        "", description="Topic that dead letters are sent to besides the table; empty: none."
    )
    group: str = Field(
        "copytaster",
        description="Consumer group that shows lag tools what is published; empty: none. Not used to resume.",
    )
    max_latency: Annotated[float, Field(gt=0)] = Field(
        10.0, description="Seconds after which a streaming block is cut that is not full."
    )
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="Port of /metrics and /healthz while streaming; 0: none."
    )
    metrics_host: str = Field("127.0.0.1", description="Address that they are served on; 0.0.0.0: every one.")
    runner: Literal["local", "flink"] = Field("local", description="Where the pipeline runs: this machine, or Flink.")
    flink_rest: str = Field("", description="Flink's REST address, to cancel the job when the program is stopped.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged to stderr.")

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in FORMATS:
            raise ValueError(f"{value!r} is no format; use one of {', '.join(FORMATS)}")
        return value

    @field_validator("default_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; use a name such as Europe/Berlin or UTC") from error
        return value

    @model_validator(mode="after")
    def _has_registry(self) -> Self:
        if self.value_format != "json" and not self.schema_registry:
            raise ValueError(f"value_format {self.value_format} needs schema_registry (COPYTASTER_SCHEMA_REGISTRY)")
        return self

    @field_validator("topic")
    @classmethod
    def _known_name(cls, value: str) -> str:
        for name in value.split(","):
            if not TOPIC_NAME.fullmatch(name.strip()):
                raise ValueError(
                    f"{name!r} is no name of a topic; Kafka has letters, digits, dots, hyphens, underscores"
                )
        return value

    @property
    def topics(self) -> list[str]:
        """The topics, each once."""
        return list(dict.fromkeys(name.strip() for name in self.topic.split(",")))

    @property
    def shaping(self) -> dict[str, str]:
        """The settings that shape rows: they are the lake's, which is begun with them and refuses others."""
        return {"format": self.format, "default_zone": self.default_zone}

    @property
    def reading(self) -> dict[str, str]:
        """The settings that say what a topic's messages mean: they are the topic's in the lake, and others are refused."""
        return {"value_format": self.value_format, "empty_value": self.empty_value}

    @field_validator("start_from")
    @classmethod
    def _known_start(cls, value: str) -> str:
        if value not in ("earliest", "latest"):
            try:
                datetime.fromisoformat(value)
            except ValueError as error:
                raise ValueError(
                    f"{value!r} is no start; use earliest, latest or a time like 2026-03-01T06:00Z"
                ) from error
        return value

    @property
    def start(self) -> str | int:
        """`start_from`, a time as milliseconds since 1970; one without a zone is in the default zone."""
        if self.start_from in ("earliest", "latest"):
            return self.start_from
        moment = datetime.fromisoformat(self.start_from)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.default_zone))
        return int(1000 * zoned.timestamp())

    @property
    def limits(self) -> Limits:
        """When a block is full."""
        return Limits(self.max_records, self.max_bytes)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())


def config_file() -> Path:
    """The settings file, which need not exist unless COPYTASTER_CONFIG names it. Raises FileNotFoundError then."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"{CONFIG_VARIABLE} names {named}, which is not a file")
    return Path(named or "copytaster.toml")


class UnknownVariableError(LakeError):
    """The environment sets something that nothing here asks for."""


def check_environment(environment: Iterable[str]) -> None:
    """Raises UnknownVariableError for a variable of our name that means nothing, with the one that may be meant."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)[0]
            raise UnknownVariableError(
                f"{name} is set and means nothing; is {near} meant? `copytaster config` lists all"
            )


def settings_from(flags: Mapping[str, Any]) -> Settings:
    """The settings of a run; flags that are None were not given. Raises UnknownVariableError."""
    check_environment(os.environ)
    return Settings(**{name: value for name, value in flags.items() if value is not None})
