"""Finds recordings: which files of a folder are audio or video."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .flac .ogg .oga .opus .mp3 .m4a .m4b .mp4 .m4v .mov .aac .webm .mkv .mka "
    ".aif .aiff .aifc .au .caf .w64 .3gp .amr .avi .mpg .mpeg".split()
)
"""Endings of files that are taken from a folder, without regard to case."""


def is_recording(path: Path) -> bool:
    """Tells by its name whether a file of a folder is taken as a recording.

    Hidden files are not: among them the `._name.wav` that macOS leaves beside `name.wav`.
    """
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def walk_recordings(folder: Path) -> Iterator[Path]:
    """Yields the recordings below a folder, sorted, a folder's own files first."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if is_recording(path):
                yield path


def find_recordings(paths: Iterable[Path]) -> Iterator[Path]:
    """Yields the recordings that paths name, in the order given.

    A file that is named is yielded whatever its ending, and even if it does not exist: the user
    asked for it and shall hear of it. A folder gives the recordings below it.
    """
    for path in paths:
        if path.is_dir():
            yield from walk_recordings(path)
        else:
            yield path
