"""Where recordings are, as a command line or a list names it; nothing is listed before its turn."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fnmatch import fnmatch
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from isogloss.audio.remote import is_url, suffix, walk_url
from isogloss.errors import SettingError
from isogloss.listing import AUDIO_SUFFIXES, find_recordings

STDIN = "-"
"""Names standard input, as a list of places."""

Place = str | Path
"""A URL, or a path."""

_WILD = re.compile(r"[*?\[]")
_CHUNK = 2**16


def find_places(names: Iterable[str]) -> Iterator[Place]:
    """Yields the recordings that names stand for, in the order given.

    Args:
        names: iterable of str. Files, folders, patterns (`archive/**/*.wav`; a file of that very
            name goes first), URLs of files or folders, or `-` for a list on standard input.

    Raises:
        IsoglossError: A folder behind a URL cannot be listed.
        MissingExtraError: A URL is to be listed, and what reads it is not installed.
    """
    for name in names:
        if name == STDIN:
            yield from read_list(sys.stdin.buffer)
        elif not is_url(name) and _WILD.search(name) and not os.path.lexists(name):
            path = Path(name)
            yield from find_recordings(_matches(Path(path.anchor), path.parts[bool(path.anchor) :]))
        else:
            yield from _find(name)


def is_path(name: str) -> bool:
    """Tells whether a name is one of a file or folder here: no URL, no list, no pattern."""
    return name != STDIN and not is_url(name)


def open_list(name: str) -> Iterator[Place]:
    """Yields the recordings that a list names; see `read_list`.

    Args:
        name: str. The list's path, or `-` for standard input.

    Raises:
        SettingError: The list cannot be opened.
    """
    if name == STDIN:
        yield from read_list(sys.stdin.buffer)
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise SettingError(f"{name}: cannot be read as a list: {error.strerror}.") from error
        yield from read_list(file)


def read_list(file: BinaryIO) -> Iterator[Place]:
    """Yields the recordings of a list: files, folders and URLs, one a line or one a NUL.

    A list is one of NULs, as `find -print0` writes it, where its first bytes hold one. Paths are
    relative to where the program runs; empty lines are passed over; nothing else has a meaning.
    """
    for name in _names(file):
        yield from _find(os.fsdecode(name))


def _names(file: BinaryIO) -> Iterator[bytes]:
    read = getattr(file, "read1", file.read)  # of a pipe, what is there already
    rest = read(_CHUNK)
    mark = b"\0" if b"\0" in rest else b"\n"
    while True:
        *names, rest = rest.split(mark)
        for name in names:
            if whole := name.removesuffix(b"\r") if mark == b"\n" else name:
                yield whole
        more = read(_CHUNK)
        if not more:
            break
        rest += more
    if rest:
        yield rest


def _find(name: str) -> Iterator[Place]:
    if not is_url(name):
        yield from find_recordings([Path(name)])
    elif name.lower().startswith("http") or suffix(name) in AUDIO_SUFFIXES:
        # A web server lists nothing; and a list of millions is not asked of each what it is.
        yield name
    else:
        yield from (url for url in walk_url(name) if suffix(url) in AUDIO_SUFFIXES)


def _matches(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Yields what matches a pattern's parts below a folder, as a shell does, folder by folder."""
    part, rest = parts[0], parts[1:]
    if not _WILD.search(part):
        path = folder / part
        if rest:
            yield from _matches(path, rest)
        elif os.path.lexists(path):
            yield path
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=attrgetter("name"))
    except OSError:
        return  # a pattern matches what can be seen
    if part == "**":
        yield from _matches(folder, rest or ("*",))
    for entry in entries:
        path = folder / entry.name
        if entry.name.startswith(".") and not part.startswith("."):
            continue
        if part == "**":
            if entry.is_dir() and not entry.is_symlink():
                yield from _matches(path, parts)
        elif fnmatch(entry.name, part):
            if not rest:
                yield path
            elif entry.is_dir():
                yield from _matches(path, rest)
