"""The private folder that uploads lie in while they are heard."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from isogloss.errors import IsoglossError
from isogloss.locking import locked

_PREFIX = "isogloss-serve-"


class _InUseError(IsoglossError):
    """Another process has the folder."""


@contextmanager
def open_spool() -> Iterator[Path]:
    """Gives a new folder, readable by this user only, and removes it with all that is in it.

    What killed services left is removed, too: the lock on a folder tells whose service is alive.
    """
    _sweep(Path(tempfile.gettempdir()))
    with ExitStack() as held:
        folder = _made(held)
        while folder is None:
            folder = _made(held)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _made(held: ExitStack) -> Path | None:
    """Makes a folder and locks it; None where another process swept it away in between."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700
    try:
        held.enter_context(locked(folder, _InUseError))
    except (_InUseError, FileNotFoundError):
        return None
    return folder if folder.exists() else None


@contextmanager
def open_request(spool: Path) -> Iterator[Path]:
    """Gives a folder for the files of one request, and removes it."""
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        yield Path(folder)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        try:
            with locked(folder, _InUseError):
                shutil.rmtree(folder, ignore_errors=True)
        except (_InUseError, OSError):
            continue  # a living service's, another user's, or just gone
