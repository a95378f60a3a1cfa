"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL_SUFFIX = ".partial"
"""Ending of a file that is not whole: what a kill leaves behind."""


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Gives another name to write under and renames at the end: no reader sees half a file.

    After an error, what was at the path before is there still, and nothing beside it.
    """
    partial = path.with_name(f"{path.name}{PARTIAL_SUFFIX}")
    try:
        yield partial
        # Windows flushes only a file that is open for writing.
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all; what is no regular file, `/dev/stdout`, is written to."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    # A link stays one: the file that it names is written.
    with appearing(path.resolve()) as partial:
        partial.write_bytes(content)
