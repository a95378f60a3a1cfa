"""SIGTERM: take nothing new, finish what was begun, then let the server go.

uvicorn, told to stop, closes its listening socket at once: a client whose connection waits there
is cut off without a word, and so is one that sends its next request down an idle connection. So
its own handler is called only when all that was begun has ended; until then, whatever comes is
answered with 503 and `Connection: close`, and streams are ended with their last answer.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isogloss.serving.state import Service

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_REFUSING_SECONDS = 0.5  # at least: for what is on its way to arrive and be told
_LOOK_SECONDS = 0.05


@contextmanager
def stops_gracefully(service: "Service") -> Iterator[None]:
    """Puts that in front of the signal handlers; a second Ctrl-C goes through at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # the signals are somebody else's
        return
    loop = asyncio.get_running_loop()
    server_handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    finishing: list[asyncio.Task[None]] = []

    def tell_server(number: int, frame: FrameType | None) -> None:
        handler = server_handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    async def finish(number: int, frame: FrameType | None) -> None:
        await asyncio.sleep(_REFUSING_SECONDS)
        while service.busy:
            await asyncio.sleep(_LOOK_SECONDS)
        tell_server(number, frame)

    def stop(number: int, frame: FrameType | None) -> None:
        if service.stopping.is_set():
            # Of Ctrl-C every process of a service is told, and then once more by its parent.
            if number == signal.SIGINT:
                tell_server(number, frame)
            return
        service.stopping.set()
        finishing.append(loop.create_task(finish(number, None)))

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop, number, frame)

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in server_handlers.items():
            signal.signal(number, handler)
