"""Who may ask, and how often."""

import base64
import binascii
import hmac
import ipaddress
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from isogloss.serving.refusals import Refusal

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_MOST_CLIENTS = 8_192
_IPV6_NETWORK = 64  # one household or one server has so many addresses


def check_token(headers: "Headers", token: str) -> None:
    """Checks that a request shows the token.

    As a bearer token, or as the password of basic authentication, whatever the user's name:
    browsers ask for that by themselves, and then send it with all that a page loads.

    Raises:
        Refusal: It does not.
    """
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(shown.strip(), validate=True)
        except binascii.Error:
            decoded = b""
        given = decoded.partition(b":")[2]
    else:
        given = shown.strip().encode() if scheme.lower() == "bearer" else b""
    if not hmac.compare_digest(given, token.encode()):
        raise Refusal(401, "unauthorised", "show the service's token: Authorization: Bearer TOKEN.")


def check_origin(headers: "Headers", origins: tuple[str, ...]) -> None:
    """Checks that a WebSocket is not opened by a stranger's page: CORS does not reach it.

    Raises:
        Refusal: It is opened by a page of another host than the service's, and of none named.
    """
    origin = headers.get("origin")
    if origin is None or origin in origins or "*" in origins:
        return
    if urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Refusal(403, "foreign_origin", f"pages of {origin} may not open streams here.")


class RateLimit:
    """So many requests a minute of each client, counted in fixed windows.

    Counts are kept in memory, at most 8,192 of them: should there be more clients than that in a
    minute, all begin again. Processes count each for themselves.

    Args:
        per_minute: int. Requests.
    """

    def __init__(self, per_minute: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import FixedWindowRateLimiter

        self._item = RateLimitItemPerMinute(per_minute)
        self._storage = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._storage)

    async def check(self, address: str | None) -> None:
        """Counts a request.

        Raises:
            Refusal: It is one too many.
        """
        client = _client(address)
        if len(self._storage.expirations) >= _MOST_CLIENTS:
            await self._storage.reset()
        if not await self._limiter.hit(self._item, client):
            window = await self._limiter.get_window_stats(self._item, client)
            raise Refusal(
                429,
                "too_many_requests",
                f"more than {self._item.amount} requests in a minute. Wait.",
                retry_after=window.reset_time - time.time(),
            )


def _client(address: str | None) -> str:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
