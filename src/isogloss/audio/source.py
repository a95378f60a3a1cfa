"""What a recording may be given as, and how it is opened."""

import io
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from numpy.typing import NDArray

from isogloss.audio.remote import is_url, open_url, public_url
from isogloss.errors import AudioError

File: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A path, a URL (`s3://bucket/key.wav`), a file's bytes, or an open binary file, which is read from
its start."""

Source: TypeAlias = File | tuple[NDArray[Any], int]
"""A file, or (samples `[n]` or `[n, channels]`, rate): floats in [-1, 1], or integers that fill
the range of their type, as audio libraries give them."""


def describe(source: Source) -> str:
    """Returns how messages and answers call a source: its path, or its URL without credentials."""
    if isinstance(source, bytes):
        return f"<{len(source)} bytes>"
    if isinstance(source, tuple):
        return "<array>"
    name: object = getattr(source, "name", None)
    if isinstance(source, str | os.PathLike):
        name = public_url(str(source)) if is_url(source) else os.fsdecode(source)
    if not isinstance(name, str):  # pipes and temporary files are named by a number
        return "<file object>"
    # Bytes of a name that are no text can be written nowhere.
    return name.encode(errors="backslashreplace").decode()


def open_file(source: File, name: str) -> AbstractContextManager[BinaryIO]:
    """Opens a file to read from; the caller's own file object stays open afterwards.

    Raises:
        AudioError: It cannot be opened, or is no file.
        MissingExtraError: It is a URL, and what reads it is not installed.
    """
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, str) and is_url(source):
        return open_url(source, name)
    if isinstance(source, str | os.PathLike):
        try:
            return Path(os.fsdecode(source)).open("rb")
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
            reason = getattr(error, "strerror", None) or error
            raise AudioError(f"{name}: cannot be opened: {reason}.") from error
    if isinstance(source, io.TextIOBase):
        raise AudioError(f"{name}: is open as text: open it in binary mode.")
    if not hasattr(source, "read"):
        raise AudioError(
            f"{type(source).__name__} is no recording: give a path, bytes, a binary file object "
            "or (array, rate)."
        )
    return nullcontext(source)  # the caller's own file stays open
