"""Ctrl-C as a wish to end, not as an error in the middle of whatever is being done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def interrupts_set(stopped: Event) -> Iterator[None]:
    """Makes the first interrupt set an event; a second one ends the program as ever.

    Args:
        stopped: Event. What is set.
    """
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
