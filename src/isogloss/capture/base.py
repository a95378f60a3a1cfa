"""What every capture gives: blocks of samples as they come, until they end or it is told to."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from queue import Empty, Queue
from threading import Event
from typing import Any, TypeAlias

from numpy.typing import NDArray

Arrived: TypeAlias = NDArray[Any] | BaseException | None
"""A block of samples; why there can be no more; or None, where the sound has ended."""

_LOOK_SECONDS = 0.1  # how soon a wish to stop is seen while nothing comes


class Capture(ABC):
    """Sound that is being made.

    Attributes:
        name: str. What answers call it.
        rate: int. In Hz.
        channels: int. How many there are.
        notes: list of str. What did not come as it was made, for people to read.
    """

    def __init__(self, name: str, rate: int, channels: int, *, waiting: int) -> None:
        self.name = name
        self.rate = rate
        self.channels = channels
        self.notes: list[str] = []
        self._arrived: Queue[Arrived] = Queue(waiting)

    def blocks(self, stopped: Event) -> Iterator[NDArray[Any]]:
        """Yields blocks `[n, channels]` as they come.

        Args:
            stopped: Event. Once it is set, what has come until then is yielded, and no more.

        Raises:
            AudioError: The sound cannot be had any longer.
        """
        with self._capturing(stopped):
            while True:
                try:
                    arrived = self._arrived.get(timeout=_LOOK_SECONDS)
                except Empty:
                    if stopped.is_set():
                        return
                    continue
                if arrived is None:
                    return
                if isinstance(arrived, BaseException):
                    raise arrived
                yield arrived

    @abstractmethod
    def _capturing(self, stopped: Event) -> AbstractContextManager[None]:
        """Returns a context in which blocks arrive in `_arrived`, until the event is set."""
