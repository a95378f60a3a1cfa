"""Finds recordings: which files of a folder are audio or video."""

import os
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .flac .ogg .oga .opus .mp3 .m4a .m4b .mp4 .m4v .mov .aac .webm .mkv .mka .wma .wmv "
    ".aif .aiff .aifc .au .caf .w64 .3gp .amr .avi .flv .mp2 .mpg .mpeg .wv".split()
)
"""Endings of files that are taken from a folder, without regard to case."""


def is_recording(path: Path) -> bool:
    """Tells by its name whether a file of a folder is taken as a recording.

    Hidden files are not: among them the `._name.wav` that macOS leaves beside `name.wav`.
    """
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def walk_recordings(folder: Path) -> Iterator[Path]:
    """Yields the recordings below a folder, sorted, a folder's own files first.

    Links to folders are followed. A folder that cannot be listed is yielded itself: who opens it
    learns why.
    """
    return _walk(folder, frozenset())


def find_recordings(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields the recordings that paths name, in the order given.

    A file that is named is yielded whatever its ending, and even if it does not exist: the user
    asked for it and shall hear of it. A folder gives the recordings below it.
    """
    for path in paths:
        # Path.is_dir raises where a folder above may not be entered.
        if os.path.isdir(path):  # noqa: PTH112
            yield from walk_recordings(path)
        else:
            yield path


def _walk(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=attrgetter("name"))
    except OSError:
        yield folder
        return
    folders = []
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir():
            folders.append(path)
        # A link that leads nowhere is an error to hear of; a pipe would be waited for.
        elif is_recording(path) and (entry.is_file() or entry.is_symlink()):
            yield path
    here = os.path.realpath(folder)
    for path in folders:
        # Links may lead back to a folder above.
        if not path.name.startswith(".") and os.path.realpath(path) not in above | {here}:
            yield from _walk(path, above | {here})
