"""What every request passes: the log and its counters, then the gate.

Both are plain ASGI: Starlette's base class would hide a client's leaving from the routes.
"""

import re
import time
import uuid
from typing import TYPE_CHECKING, Any

from isogloss.serving.access import RateLimit, check_origin, check_token
from isogloss.serving.protocol import CROWDED
from isogloss.serving.refusals import Refusal
from isogloss.serving.responding import REQUEST_ID, refuse, refuse_stream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from isogloss.serving.state import Service

PROBES = ("/healthz", "/readyz")
"""What answers whoever asks, however busy the service is."""

_API = "/v1/"
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "WEBSOCKET"}
_ID_HEADER = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_CLIENT_GONE = 499  # nginx's number for it: there is no standard one


class RequestLog:
    """Names a request, counts it and writes its line in the log.

    Args:
        app: ASGIApp. What answers.
        service: Service. Whose requests they are.
    """

    def __init__(self, app: "ASGIApp", service: "Service") -> None:
        import structlog

        self._app = app
        self._service = service
        self._log = structlog.stdlib.get_logger("isogloss.serving")

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        import structlog
        from starlette.requests import ClientDisconnect

        request_id = scope[REQUEST_ID] = _request_id(scope)
        status: int | None = None

        async def sending(message: "Message") -> None:
            nonlocal status
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                status = message["status"]
                message["headers"] = [*message["headers"], (_ID_HEADER, request_id.encode())]
                if self._service.stopping.is_set() and scope["type"] == "http":
                    message["headers"].append((b"connection", b"close"))
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        metrics = self._service.metrics
        started = time.perf_counter()
        # An open page listens for ever: a service that stops waits for what was asked, not for it.
        asked = scope["path"].startswith(_API)
        self._service.in_flight += asked
        metrics.in_flight.inc()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except ClientDisconnect:
                status = _CLIENT_GONE
                metrics.failures.labels("client_gone").inc()
            except Exception:
                self._log.exception("error")
                if status is None and scope["type"] == "http":
                    words = "the service failed; its log says why."
                    await refuse(scope, Refusal(500, "error", words))(scope, receive, sending)
                else:
                    raise  # too late for a status: the server breaks the connection off
            finally:
                self._service.in_flight -= asked
                metrics.in_flight.dec()
                metrics.queued.set(self._service.predictor.waiting)
                seconds = time.perf_counter() - started
                route, method = _route(scope), _method(scope)
                metrics.requests.labels(route, method, str(status)).inc()
                metrics.latency.labels(route).observe(seconds)
                if route not in PROBES:
                    self._log.info(
                        "request",
                        method=method,
                        route=route,
                        status=status,
                        seconds=round(seconds, 4),
                    )


class Gate:
    """Refuses before a body is read: when stopping or crowded, by rate, token and origin.

    Args:
        app: ASGIApp. What answers.
        service: Service. Whose settings count.
    """

    def __init__(self, app: "ASGIApp", service: "Service") -> None:
        self._app = app
        self._service = service
        per_minute = service.settings.requests_per_minute
        self._rate = RateLimit(per_minute) if per_minute else None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] not in {"http", "websocket"} or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        try:
            await self._check(scope)
        except Refusal as refusal:
            if scope["type"] == "websocket":
                await refuse_stream(scope, send, refusal)
            else:
                await refuse(scope, refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _check(self, scope: "Scope") -> None:
        from starlette.datastructures import Headers

        settings, headers = self._service.settings, Headers(scope=scope)
        if self._service.stopping.is_set():
            raise Refusal(503, "stopping", "the service is stopping.", retry_after=5)
        if scope.get("state", {}).get(CROWDED):
            raise Refusal(503, "crowded", "too many connections are open.", retry_after=5)
        if self._rate and _costs(scope):
            # Before the token: guessing is counted, too.
            client: Any = scope.get("client")
            await self._rate.check(client[0] if client else None)
        if settings.token is not None:
            check_token(headers, settings.token)
        if scope["type"] == "websocket":
            check_origin(headers, settings.origins)


def _request_id(scope: "Scope") -> str:
    given = dict(scope["headers"]).get(_ID_HEADER, b"")
    return given.decode() if _ID.fullmatch(given) else uuid.uuid4().hex


def _costs(scope: "Scope") -> bool:
    """Whether a request counts for the rate limit: a page is a hundred small files that do not."""
    path: str = scope["path"]
    return path.startswith(_API) or scope.get("method") not in {"GET", "HEAD"}


def _method(scope: "Scope") -> str:
    """Returns the method where it is one that is served: a client may make up any."""
    method: str = scope.get("method", "WEBSOCKET")
    return method if method in _METHODS else "other"


def _route(scope: "Scope") -> str:
    """Returns the route's template: a label for each path would be memory for each path."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "page" if "endpoint" in scope else "none"
