"""Keeps two runs from writing to one store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isogloss.errors import StoreError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a store's lock. The system takes it back from a process that is killed.

    Raises:
        StoreError: Another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no locks on folders
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{folder}: another run is writing to it. Wait for it, or stop it."
            ) from None
        except OSError:
            pass  # some network file systems have no locks
        yield
    finally:
        os.close(handle)
