"""Who may read the page and post to it: only the page itself, under a name of this machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guarded(handler: Handler) -> Handler:
    """Wrap a handler so that only this page, under a name of this machine, can read and post.

    Another site could otherwise post a form here (cross-site request), or read everything by giving its own name the
    address of this machine (rebinding): so the Host must be loopback, and a post must say that it comes from here.
    """

    async def on_request(request: web.Request) -> web.StreamResponse:
        problem = _foreign(request)
        if problem:
            raise web.HTTPForbidden(text=problem)
        response = await handler(request)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return on_request


def _foreign(request: web.Request) -> str:
    """Return why a request is not one of the page's own, or nothing."""
    name = request.host.rpartition(":")[0] if re.search(r":\d+$", request.host) else request.host
    if name.strip("[]") not in LOOPBACK:
        return "This page answers only under 127.0.0.1 or localhost."
    if request.method in {"GET", "HEAD"}:
        return ""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    own_origin = origin == f"{request.scheme}://{request.host}"
    if (
        site not in {None, "same-origin"}
        or (origin is not None and not own_origin)
        or (origin or site) is None
    ):
        return "This page takes forms only from itself."
    return ""
