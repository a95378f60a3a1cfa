"""Answers of a long run, line by line in a file: what ends the process costs no answer before."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from isogloss.errors import OutputError
from isogloss.files import PARTIAL_SUFFIX, write_atomically
from isogloss.locking import locked

RUN_SUFFIX = ".run.json"
"""Ending of the file beside a journal that says which run it is of."""

_SYNC_SECONDS = 5.0  # what a power failure may cost, at most


class Journal:
    """JSON lines that a run has written so far, in the order of its recordings; see `open_journal`.

    Args:
        file: FileIO. Open to append, whole lines in it.
        done: int. How many.
    """

    def __init__(self, file: FileIO, done: int) -> None:
        self.done = done
        self._file = file
        self._path = Path(os.fsdecode(file.name))
        self._synced = time.monotonic()

    def write(self, record: Mapping[str, Any]) -> None:
        """Adds a line. It is with the system at once, and on the disk within seconds.

        Raises:
            OutputError: There is no room for it.
        """
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
        try:
            left = memoryview(line + b"\n")
            while left:  # a disk that is all but full takes a part
                left = left[self._file.write(left) :]
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                self.sync()
        except OSError as error:
            raise OutputError(
                f"{self._path}: cannot be written ({error.strerror}). The answers before are "
                "kept: once there is room, run the same again and it goes on from there."
            ) from error

    def sync(self) -> None:
        """Returns when all of it is on the disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def records(self) -> Iterator[dict[str, Any]]:
        """Yields what is in it, one record in memory at a time."""
        with self._path.open("rb") as file:
            yield from map(json.loads, file)

    def remaining(self, names: Iterable[tuple[str, Any]]) -> Iterator[Any]:
        """Yields the recordings that have no answer yet.

        Args:
            names: iterable of (str, any). All recordings of the run, each with its name.

        Raises:
            OutputError: They are not those, or not in the order, that the journal begins with.
        """
        listed = iter(names)
        for number, record in enumerate(self.records(), start=1):
            name, _ = next(listed, (None, None))
            if name != record["path"]:
                raise OutputError(
                    f"{self._path}: answer {number} is for {record['path']}, and recording "
                    f"{number} now is {name}: what is to be heard has changed since. Delete it to "
                    "begin anew, or give another --output."
                )
        yield from (item for _, item in listed)


def partial_path(path: Path) -> Path:
    """Returns where the answers are until all are there."""
    return path.with_name(f"{path.name}{PARTIAL_SUFFIX}")


@contextmanager
def open_journal(path: Path, run: Mapping[str, Any]) -> Iterator[Journal]:
    """Opens the journal of a run, and takes up what a run before it left.

    A last line that is torn is cut off, and all that follows a line that is no JSON.

    Args:
        path: Path. Where it is.
        run: mapping. What makes answers differ: model, version, options. A journal of one run is
            never added to by another.

    Raises:
        OutputError: It is another run's, or a run is writing to it now.
    """
    of = path.with_name(f"{path.name}{RUN_SUFFIX}")
    with path.open("ab", buffering=0) as file, locked(path, OutputError):
        if not (path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())):
            raise OutputError(f"{path}: another run has just finished it.")
        size, done = _whole_lines(path)
        if done and _read_run(of) != run:
            raise OutputError(
                f"{path}: holds {done} answers of another model, version or options. Delete it to "
                "begin anew, or give another --output."
            )
        file.truncate(size)
        write_atomically(of, json.dumps(run).encode())
        journal = Journal(file, done)
        try:
            yield journal
        finally:
            journal.sync()
        of.unlink()


def _whole_lines(path: Path) -> tuple[int, int]:
    """Returns how far the lines are whole, in bytes, and how many they are."""
    size = done = 0
    with path.open("rb") as file:
        for line in file:
            try:
                if not line.endswith(b"\n"):
                    break
                json.loads(line)
            except ValueError:  # after a power failure, blocks of zeros
                break
            size += len(line)
            done += 1
    return size, done


def _read_run(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None  # of a run that nobody knows
