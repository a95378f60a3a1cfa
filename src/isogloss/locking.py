"""Keeps two runs from writing to one folder or file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isogloss.errors import IsoglossError


@contextmanager
def locked(path: Path, error: type[IsoglossError]) -> Iterator[None]:
    """Holds the lock of a folder or file. The system takes it back from a process that is killed.

    Args:
        path: Path. It exists.
        error: type. What is raised where another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no locks on folders
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise error(f"{path}: another run is writing to it. Wait for it, or stop it.") from None
        except OSError:
            pass  # some network file systems have no locks
        yield
    finally:
        os.close(handle)
