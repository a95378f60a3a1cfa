"""Refusals and errors as responses: one form of body for all."""

import json
from typing import TYPE_CHECKING, Any

from isogloss.errors import IsoglossError
from isogloss.serving.refusals import Refusal, refusal_of

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response, WebSocket
    from fastapi.exceptions import ValidationException
    from starlette.types import Scope, Send

REQUEST_ID = "isogloss.request_id"
"""Where a scope keeps the request's id."""

_CHALLENGE = 'Basic realm="isogloss", charset="UTF-8"'


def json_body(value: Any) -> bytes:
    """Returns a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def refuse(scope: "Scope", refusal: Refusal) -> "Response":
    """Returns the response of a refusal, and counts it."""
    from starlette.responses import Response

    service = scope["app"].state.service
    service.metrics.failures.labels(refusal.kind).inc()
    headers = dict(refusal.headers)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = _CHALLENGE
    body = {"error": str(refusal), "kind": refusal.kind, "request_id": scope.get(REQUEST_ID, "")}
    return Response(json_body(body), refusal.status, headers, "application/json")


async def refuse_stream(scope: "Scope", send: "Send", refusal: Refusal) -> None:
    """Refuses a WebSocket before it is accepted, with the same response as any request."""
    response = refuse(scope, refusal)
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": str(refusal)})
        return
    head = {"status": response.status_code, "headers": response.raw_headers}
    await send({"type": "websocket.http.response.start", **head})
    await send({"type": "websocket.http.response.body", "body": bytes(response.body)})


def add_error_responses(app: "FastAPI") -> None:
    """Has an app say every error in that form."""
    from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
    from starlette.exceptions import HTTPException

    @app.exception_handler(IsoglossError)
    async def library_error(request: "Request", error: IsoglossError) -> "Response":
        return refuse(request.scope, refusal_of(error))

    @app.exception_handler(RequestValidationError)
    async def invalid_option(request: "Request", error: RequestValidationError) -> "Response":
        return refuse(request.scope, _invalid(error))

    @app.exception_handler(WebSocketRequestValidationError)
    async def invalid_stream(socket: "WebSocket", error: WebSocketRequestValidationError) -> None:
        await refuse_stream(socket.scope, socket.send, _invalid(error))

    @app.exception_handler(HTTPException)
    async def no_such_route(request: "Request", error: HTTPException) -> "Response":
        kind = {404: "no_such_route", 405: "no_such_method"}.get(error.status_code, "refused")
        response = refuse(request.scope, Refusal(error.status_code, kind, f"{error.detail}."))
        response.headers.update(error.headers or {})
        return response


def _invalid(error: "ValidationException") -> Refusal:
    words = "; ".join(
        f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()
    )
    return Refusal(422, "invalid_option", f"{words}.")
