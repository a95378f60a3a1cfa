"""A request's body as files, in bounded chunks, within bytes and seconds."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from isogloss.serving.refusals import Refusal, too_large

if TYPE_CHECKING:
    from starlette.requests import Request

    from isogloss.serving.settings import Limits

UNNAMED = "upload"
"""What a recording is called whose client gave it no name."""

_LONGEST_NAME = 255
_MULTIPART = b"multipart/form-data"
_FIELDS_BYTES = 65_536  # of form fields that are no files: they are read and left


@dataclass(frozen=True)
class Upload:
    """A file that a client sent.

    Args:
        path: Path. Where it lies.
        name: str. What the client calls it, without folders.
    """

    path: Path
    name: str


def is_form(request: "Request") -> bool:
    """Returns whether a request's body is a form, which may hold files."""
    return _content_type(request)[0] == _MULTIPART


async def read_body(request: "Request", folder: Path, limits: "Limits", name: str | None) -> Upload:
    """Writes a request's whole body into a folder, as one file.

    Writing 64 kB to the page cache takes microseconds, so it happens here, in the event loop.

    Args:
        request: Request. Its body has not been read.
        folder: Path. For the file; names of clients never become names there.
        limits: Limits. Bytes and seconds.
        name: str or None. What the client calls it.

    Raises:
        Refusal: The body is too large (413) or too slow (408).
        ClientDisconnect: The client has gone.
    """
    upload = Upload(folder / "0", last_part(name))
    with upload.path.open("wb") as file:
        async for chunk in _bounded(request, limits):
            file.write(chunk)
    return upload


async def read_form(
    request: "Request", folder: Path, limits: "Limits", *, files: int
) -> list[Upload]:
    """Writes the files of a form into a folder; see `read_body`.

    Args:
        request: Request. Its body has not been read.
        folder: Path. For the files.
        limits: Limits. Bytes and seconds.
        files: int. At most so many; there is at least one.

    Raises:
        Refusal: As of `read_body`; or the body is no form (415), is broken (400), or holds no
            file or too many (422).
        ClientDisconnect: The client has gone.
    """
    kind, options = _content_type(request)
    if kind != _MULTIPART:
        raise Refusal(415, "no_form", "send a form with files: multipart/form-data.")
    boundary = options.get(b"boundary")
    if not boundary:
        raise Refusal(400, "bad_form", "the form's Content-Type names no boundary.")
    return await _read_form(boundary, _bounded(request, limits), _Form(folder, files))


def _content_type(request: "Request") -> tuple[bytes, dict[bytes, bytes]]:
    from python_multipart.multipart import parse_options_header

    return parse_options_header(request.headers.get("content-type"))


def last_part(name: str | None) -> str:
    """Returns a client's name for a file without folders and without what cannot be printed."""
    last = re.split(r"[/\\]", name or "")[-1]
    printable = "".join(letter for letter in last if letter.isprintable())
    return printable.strip()[:_LONGEST_NAME] or UNNAMED


async def _bounded(request: "Request", limits: "Limits") -> AsyncIterator[bytes]:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.upload_bytes:
        raise too_large(limits.upload_bytes)
    deadline = time.monotonic() + limits.upload_seconds
    length = 0
    stream = request.stream()
    while True:
        patience = min(limits.stall_seconds, deadline - time.monotonic())
        try:
            async with asyncio.timeout(patience):
                chunk = await anext(stream, b"")
        except TimeoutError:
            raise Refusal(
                408,
                "stalled",
                f"the body did not come: {limits.stall_seconds:g} s without a byte or "
                f"{limits.upload_seconds:g} s in all are too long.",
            ) from None
        if not chunk:
            return
        length += len(chunk)
        if length > limits.upload_bytes:
            raise too_large(limits.upload_bytes)
        yield chunk


@dataclass
class _Form:
    """A multipart form on its way to files: what python-multipart calls as it reads."""

    folder: Path
    most: int
    uploads: list[Upload] = field(default_factory=list)
    ended: bool = False
    _file: BinaryIO | None = None
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _field_bytes: int = 0

    def on_part_begin(self) -> None:
        self._disposition = b""

    def on_header_field(self, piece: bytes, start: int, end: int) -> None:
        self._header += piece[start:end]

    def on_header_value(self, piece: bytes, start: int, end: int) -> None:
        self._value += piece[start:end]

    def on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def on_headers_finished(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        if b"filename" not in options:
            return
        if len(self.uploads) == self.most:
            raise Refusal(422, "too_many_files", f"at most {self.most} can be sent here at once.")
        name = options[b"filename"].decode("utf-8", errors="replace")
        upload = Upload(self.folder / str(len(self.uploads)), last_part(name))
        self.uploads.append(upload)
        self._file = upload.path.open("wb")

    def on_part_data(self, piece: bytes, start: int, end: int) -> None:
        if self._file:
            self._file.write(memoryview(piece)[start:end])
            return
        self._field_bytes += end - start
        if self._field_bytes > _FIELDS_BYTES:
            raise Refusal(413, "too_large", "the form has fields that are no files and too large.")

    def on_part_end(self) -> None:
        self.close()

    def on_end(self) -> None:
        self.ended = True

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


async def _read_form(boundary: bytes, chunks: AsyncIterator[bytes], form: _Form) -> list[Upload]:
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser

    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.on_part_begin,
                "on_header_field": form.on_header_field,
                "on_header_value": form.on_header_value,
                "on_header_end": form.on_header_end,
                "on_headers_finished": form.on_headers_finished,
                "on_part_data": form.on_part_data,
                "on_part_end": form.on_part_end,
                "on_end": form.on_end,
            },
        )
        async for chunk in chunks:
            parser.write(chunk)
    except FormParserError as error:
        raise Refusal(400, "bad_form", f"the form cannot be read: {error}.") from error
    finally:
        form.close()
    if not form.ended:
        raise Refusal(400, "bad_form", "the form breaks off before its last boundary.")
    if not form.uploads:
        raise Refusal(422, "no_file", "the form holds no file: give one, as curl's -F file=@NAME.")
    return form.uploads
