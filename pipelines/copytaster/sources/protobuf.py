"""Protobuf messages by the text of their schema, as JSON would say them (protobuf's own JSON mapping, names as in the schema).

Registries give schemas as text, so protobuf's compiler is needed, which `grpcio-tools` has: the extra `protobuf`. Some keep them
compiled, as clients have registered them.
"""

from __future__ import annotations

import base64
import importlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    json_format,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError

KNOWN = (any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)
"""Google's types that schemas import without bringing them."""

MAIN = "copytaster-value.proto"
"""What the schema's own file is called while it is compiled."""


def protobuf_reader(schema: str, others: Mapping[str, str]) -> Callable[[bytes], Any]:
    """The reader of messages of a schema; `others` are the files that it imports, by name.

    Raises ImportError without the compiler, ValueError where it does not compile.
    """
    pool = descriptor_pool.DescriptorPool()
    files = {**others, MAIN: schema}
    ready = {name: file for name, text in files.items() if (file := descriptor_of(name, text)) is not None}
    if len(ready) == len(files):
        for known in KNOWN:
            pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    for file in ready.values() if len(ready) == len(files) else compiled(files).file:
        pool.Add(file)
    main = pool.FindFileByName(MAIN)
    top = [main.message_types_by_name[name] for name in main.message_types_by_name]

    def read(value: bytes) -> Any:
        numbers, start = message_numbers(value)
        message = message_factory.GetMessageClass(message_type(top, numbers))()
        message.ParseFromString(value[start:])
        return json_format.MessageToDict(message, preserving_proto_field_name=True)

    return read


def descriptor_of(name: str, schema: str) -> descriptor_pb2.FileDescriptorProto | None:
    """The descriptor that a schema is, in base 64, under that name; None where it is text."""
    try:
        file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(schema, validate=True))
    except (ValueError, DecodeError):
        return None
    file.name = name
    return file


def compiled(files: Mapping[str, str]) -> descriptor_pb2.FileDescriptorSet:
    """The descriptors of the files and of all that they import. Raises ImportError and ValueError."""
    try:
        protoc = importlib.import_module("grpc_tools.protoc")
    except ImportError as error:
        raise ImportError("Protobuf's compiler is not installed: pip install 'copytaster[protobuf]'") from error
    known = Path(str(protoc.__file__)).parent / "_proto"  # google/protobuf/timestamp.proto and its like
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "in", Path(scratch) / "out"
        for name, text in files.items():
            file = (folder / name).resolve()
            if not file.is_relative_to(folder.resolve()):
                raise ValueError(f"a schema imports {name!r}, which lies outside")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        flags = [f"-I{folder}", f"-I{known}", "--include_imports", f"--descriptor_set_out={out}"]
        if protoc.main(["protoc", *flags, str(folder / MAIN)]) != 0:
            raise ValueError("protoc does not compile it")
        return descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())


def message_numbers(value: bytes) -> tuple[list[int], int]:
    """Which message of the schema it is (the number of a top-level message, of one within it, …), and where it starts.

    Confluent's frame has a list of zigzag numbers there, its length first; a single zero stands for the first message.
    """
    count, place = zigzag(value, 0)
    if count == 0:
        return [0], place
    if not 0 < count <= 100:
        raise ValueError(f"{count} numbers of messages in the frame")
    numbers = []
    for _ in range(count):
        number, place = zigzag(value, place)
        numbers.append(number)
    return numbers, place


def zigzag(value: bytes, place: int) -> tuple[int, int]:
    """The number that stands there, and where the next begins."""
    total = shift = 0
    while True:
        byte = value[place]
        total |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if not byte & 0x80:
            return (total >> 1) ^ -(total & 1), place
        if shift > 63:
            raise ValueError("a number without end in the frame")


def message_type(top: Sequence[Descriptor], numbers: Sequence[int]) -> Descriptor:
    """The message of those numbers. Raises IndexError where there is none."""
    found = None
    for number in numbers:
        types = top if found is None else list(found.nested_types)
        if number < 0:
            raise IndexError(f"message number {number}")
        found = types[number]
    assert found is not None
    return found
