"""A store that exists, and what is read from it."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import StoreError
from isogloss.store.manifest import read_manifest
from isogloss.store.part import EmbeddedClip, Failure, Footer, read_counts, read_footer, read_part


def part_name(number: int) -> str:
    """Returns the file name of a part."""
    return f"part-{number:05d}.parquet"


class Store:
    """A store as it was when it was opened.

    Args:
        path: Path. The folder.

    Raises:
        StoreError: The folder is no store, or one of another format version. Everything that
            reads a part raises it where a part is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = read_manifest(path)

    @cached_property
    def parts(self) -> tuple[Path, ...]:
        """The parts, in order."""
        paths = tuple(sorted(self.path.glob("part-*.parquet")))
        for number, path in enumerate(paths):
            if path.name != part_name(number):
                raise StoreError(
                    f"{self.path}: {part_name(number)} is missing. Delete the parts after it, and "
                    "run embed again: it goes on from there."
                )
        return paths

    @cached_property
    def footers(self) -> tuple[Footer, ...]:
        """What each part covers."""
        return tuple(read_footer(part, self.manifest) for part in self.parts)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The clips that could not be read."""
        return tuple(failure for footer in self.footers for failure in footer.failures)

    def __len__(self) -> int:
        """Number of clips with embeddings."""
        return sum(footer.rows for footer in self.footers)

    @property
    def covered(self) -> int:
        """Number of clips that are done, failures among them: the first so many of the corpus."""
        return len(self) + len(self.failures)

    def frame_counts(self) -> NDArray[np.int64]:
        """Returns the number of frames of each clip, `[num_clips]`, without reading them."""
        counts = [read_counts(part, self.manifest) for part in self.parts]
        return np.concatenate([np.empty(0, np.int64), *counts])

    def __iter__(self) -> Iterator[EmbeddedClip]:
        """Yields the clips, one part in memory at a time."""
        for part in self.parts:
            yield from read_part(part, self.manifest).rows
