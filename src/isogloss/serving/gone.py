"""Work that ends when its client goes."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from starlette.types import Receive

Result = TypeVar("Result")


async def unless_gone(receive: "Receive", work: Coroutine[Any, Any, Result]) -> Result:
    """Returns what a coroutine returns; cancels it when the client disconnects.

    Args:
        receive: callable. The connection's, after the whole body was received.
        work: coroutine. Has ended when this returns or raises.

    Raises:
        ClientDisconnect: The client went first.
    """
    from starlette.requests import ClientDisconnect

    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_until_disconnected(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        leaving.cancel()
        working.cancel()
        await asyncio.wait((working, leaving))


async def _until_disconnected(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
