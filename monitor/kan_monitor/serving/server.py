"""textual-serve behind a token: without it there is no page, no terminal and no download, only a 403."""

from __future__ import annotations

import hmac
import secrets
import socket
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from kan_monitor.serving.page import page, security_policy

#: Downloads are asked for at a fixed path, where no token is: a cookie of their own stands for it.
_COOKIE: Final = "kan-monitor-downloads"
_SHUTDOWN_SECONDS: Final = 1.0


class TokenServer(Server):
    """Serves the app that `command` starts, a process of it for every page that is open.

    Args:
        command: For the shell.
        title: Of the page.
        token: What every address must begin with.
    """

    def __init__(self, command: str, *, title: str, token: str) -> None:
        super().__init__(command, title=title)
        self._token = token
        self._downloads = secrets.token_urlsafe()

    def run(self, bound: socket.socket) -> None:
        """Serves on a socket until a signal ends it."""
        web.run_app(self._make_app(), sock=bound, print=None, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def _make_app(self) -> web.Application:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._may(request):
                raise web.HTTPForbidden(text="403: this address needs the token that kan-monitor serve has printed.\n")
            return await handler(request)

        app = web.Application(middlewares=[guard])
        app.on_response_prepare.append(_secure)
        app.add_routes(
            [
                web.get(f"/{self._token}/", self._page),
                web.get(f"/{self._token}/ws", self.handle_websocket),
                web.static(f"/{self._token}/static", self.statics_path),
                web.get("/download/{key}", self.handle_download),
            ]
        )
        return app

    def _may(self, request: web.Request) -> bool:
        """Whether a request knows the token; how long the answer takes says nothing about it."""
        first = request.path.split("/", 2)[1]
        known, told = self._token, first
        if first == "download":
            known, told = self._downloads, request.cookies.get(_COOKIE, "")
        return hmac.compare_digest(told.encode(errors="replace"), known.encode())

    async def _page(self, request: web.Request) -> web.Response:
        scheme = "wss" if request.secure else "ws"
        # The host as the browser knows it: over `ssh -L` that is another port.
        websocket = f"{scheme}://{request.host}/{self._token}/ws"
        text = page(self.title, websocket, request.query.get("fontsize", ""))
        response = web.Response(text=text, content_type="text/html")
        response.set_cookie(_COOKIE, self._downloads, path="/download", httponly=True, samesite="Strict")
        return response


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    """What every answer says: keep the address to yourself, ask nobody else, keep nothing."""
    response.headers["Content-Security-Policy"] = security_policy(request.host)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
