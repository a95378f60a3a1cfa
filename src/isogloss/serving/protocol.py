"""uvicorn's connections, with an end to clients that stall and a bound on how many there are.

uvicorn waits for ever for a request's head, for a client to take what it was sent, and reads on
for as long as a client sends, even a body that was refused. `limit_concurrency` of its own would
refuse health checks with the rest.
"""

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    import asyncio

    from isogloss.serving.settings import Limits

CROWDED = "isogloss.crowded"
"""In the state of a scope: whether only the probes should be answered."""

_LINGER_SECONDS = 2.0
_LINGER_BYTES = 2**24
_RESERVED = 64  # connections for probes, beyond the crowd

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n"
    b"content-length: 0\r\n\r\n"
)


class WriteTimer:
    """Breaks off a connection whose client does not take what it is sent.

    Args:
        seconds: float. Longest wait.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def start(self, loop: "asyncio.AbstractEventLoop", transport: "asyncio.Transport") -> None:
        """Begins to wait."""
        self._timer = loop.call_later(self._seconds, transport.abort)

    def cancel(self) -> None:
        """Ends waiting."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """One WebSocket.

    Args:
        limits: Limits. How long it may stall.
        connection: Any. What uvicorn gives a protocol.
    """

    def __init__(self, limits: "Limits", **connection: Any) -> None:
        super().__init__(**connection)
        self._write_timer = WriteTimer(limits.stall_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._write_timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer.start(self.loop, self.transport)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._write_timer.cancel()


class BoundedProtocol(H11Protocol):
    """One connection.

    Args:
        limits: Limits. How long it may stall, and beyond how many it gets no more than the probes.
        connection: Any. What uvicorn gives a protocol.
    """

    def __init__(self, limits: "Limits", **connection: Any) -> None:
        super().__init__(**connection)
        self._limits = limits
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer = WriteTimer(limits.stall_seconds)
        self._linger_timer: asyncio.TimerHandle | None = None
        self._refused: object = None  # the request whose body is thrown away
        self._thrown_away = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        crowd = len(self.connections)
        if crowd > self._limits.connections + _RESERVED:
            transport.write(_TOO_MANY)
            transport.close()
            return
        self.app_state = {**self.app_state, CROWDED: crowd > self._limits.connections}
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            self._cancel_timers()  # it is a WebSocket now
            return
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        elif self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None
        if self._linger_timer:
            self._thrown_away += len(data)
            # The end of that body and the next request may have come at once.
            if self.conn.their_state is not h11.SEND_BODY or self.cycle is not self._refused:
                self._end_lingering()
            elif self._thrown_away > _LINGER_BYTES:
                self.transport.abort()

    def on_response_complete(self) -> None:
        answered = self.cycle
        super().on_response_complete()
        # A client that is still sending has not read its refusal yet: closed at once, the system
        # would take the refusal back from it. What it sends meanwhile is thrown away.
        still_sending = self.conn.their_state is h11.SEND_BODY and self.cycle is answered
        if still_sending and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._refused = answered
            self._thrown_away = 0
            self._linger_timer = self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _end_lingering(self) -> None:
        if self._linger_timer:
            self._linger_timer.cancel()
        self._linger_timer = self._refused = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer.start(self.loop, self.transport)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._write_timer.cancel()

    def _await_head(self) -> None:
        if self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(
                self._limits.stall_seconds, self._refuse_slow_head
            )

    def _refuse_slow_head(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()

    def _cancel_timers(self) -> None:
        self._write_timer.cancel()
        self._end_lingering()
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None
