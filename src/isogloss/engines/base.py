"""What an engine is: the one thing that decides where the work on many recordings is done."""

from collections.abc import Callable, Generator, Iterable
from threading import Event
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_Item_contra = TypeVar("_Item_contra", contravariant=True)
_Result_co = TypeVar("_Result_co", covariant=True)


class Work(Protocol[_Item_contra, _Result_co]):
    """What is done with each item; pickled, it goes to other machines with all that it needs."""

    def start(self, stopped: Event) -> Callable[[_Item_contra], _Result_co]:
        """Returns the function that does it; once the event is set, calls under way may give up."""


class Engine(Protocol):
    """Does work on many items."""

    def map(self, work: Work[Item, Result], items: Iterable[Item]) -> Generator[Result, None, None]:
        """Yields the result of each item, in the items' order, as they become ready.

        Items are taken as they are needed. When the generator is closed, nothing further is begun.
        """
