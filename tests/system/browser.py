"""A headless Chromium, spoken to in its own DevTools protocol: enough to look at a page, and at all it asks for."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from .stage import PATIENCE_SECONDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: As root, without a GPU, and asking nobody for anything of its own.
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
    "--window-size=1180,700",
    "--remote-debugging-port=0",
)


class Page:
    """One page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.asked_for: list[str] = []
        self.received = b""
        self.complaints: list[str] = []

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Does something, and gives the answer."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while (message := await self._next()).get("id") != number:
            pass
        assert "error" not in message, message
        return message["result"]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something that the page does by itself."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await self._next()

    async def evaluate(self, expression: str) -> Any:
        """The value of a piece of JavaScript."""
        answer = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def picture(self) -> bytes:
        """A PNG of the page as it is."""
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])

    async def _next(self) -> dict[str, Any]:
        message = json.loads((await self._socket.receive(PATIENCE_SECONDS)).data)
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.asked_for.append(parameters["request"]["url"])
            case "Network.webSocketCreated":
                self.asked_for.append(parameters["url"])
            case "Network.webSocketFrameReceived":
                data = parameters["response"]["payloadData"]
                binary = parameters["response"]["opcode"] == 2
                self.received += base64.b64decode(data) if binary else data.encode()
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])
        return message


@asynccontextmanager
async def page_at(address: str, folder: Path) -> AsyncIterator[Page]:
    """Opens a page in a browser of its own."""
    command = [CHROMIUM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (words := _words_of(folder / "DevToolsActivePort")):
                await asyncio.sleep(0.05)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{words[0]}/json") as answer:
                target = next(one for one in await answer.json() if one["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Network", "Page", "Log"):
                    await page.do(f"{domain}.enable")
                await page.do("Page.navigate", url=address)
                yield page
    finally:
        process.terminate()
        process.wait()


def _words_of(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []
