"""Gradio without its ways in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS = {"GET", "HEAD"}


class ReadingOnly:
    """Answers 405 to whatever would send Gradio something, such as a file that it would keep.

    Args:
        app: ASGIApp. Gradio's.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http" and scope["method"] not in _METHODS:
            from isogloss.serving.refusals import Refusal
            from isogloss.serving.responding import refuse

            words = "the page takes nothing: send recordings to /v1/predict."
            refusal = Refusal(405, "no_such_method", words)
            await refuse(scope, refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)
