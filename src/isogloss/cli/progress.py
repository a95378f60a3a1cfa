"""Progress on stderr; data goes to stdout."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class _RateColumn(ProgressColumn):
    """How many are done each second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.3g}/s" if speed else "")


class Bar:
    """One progress bar: what is done, how many there are, the rate, time gone and time left."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def update(self, done: int, total: int | None, note: str = "") -> None:
        """Shows so many of a total, which may be unknown, and a note beside them."""
        self._progress.update(self._task, completed=done, total=total, note=note)

    def print(self, line: str) -> None:
        """Prints a line above the bar."""
        self._progress.console.print(line, markup=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Bar]:
    """Shows a progress bar while the block runs."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=stderr) as progress:
        yield Bar(progress, progress.add_task(what, total=None, note=""))


def failures_note(failed: int) -> str:
    """Returns what stands beside a bar where recordings have failed."""
    return f"{failed} failed" if failed else ""
