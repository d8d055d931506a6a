"""The dashboard in a browser: a page for who has the token, from this machine alone, and nothing for others."""

from __future__ import annotations

import asyncio
import http.client
import signal
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from kan_monitor.cli import main

from .browser import CHROMIUM, page_at
from .conftest import Start
from .stage import MONITOR, Process, until

Serve = Callable[..., tuple[Process, str]]


@pytest.fixture
def serve(run_process: Start) -> Serve:
    """Starts a server with these arguments; gives it, and the address that it prints."""

    def start(*arguments: object) -> tuple[Process, str]:
        server = run_process(*MONITOR, "serve", *arguments)
        until(lambda: server.lines or server.popen.poll() is not None, lambda: "\n".join(server.complaints))
        assert server.lines, server.complaints
        return server, server.lines[0]

    return start


def ask(address: str, path: str | None = None, **headers: str) -> http.client.HTTPResponse:
    """Asks the server at `address` for a path, as it stands."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path if path is None else path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


class TestTheToken:
    def test_opens_the_page(self, serve: Serve, directory: Path):
        _, address = serve(directory)
        assert address.startswith("http://127.0.0.1:")
        assert len(urlsplit(address).path) > 40
        assert ask(address).status == 200
        assert ask(address, urlsplit(address).path + "static/js/textual.js").status == 200

    def test_is_needed_for_everything(self, serve: Serve, directory: Path):
        _, address = serve(directory)
        paths = (
            "/",
            "/ws",
            "/static/js/textual.js",
            "/download/x",
            "/x/",
            "/x/ws",
            "/x/../",
            "//",
            "/%C3%A9/",
            "/%ff/",
        )
        assert {path: ask(address, path).status for path in paths} == dict.fromkeys(paths, 403)

    def test_is_needed_for_the_terminal(self, serve: Serve, directory: Path):
        server, address = serve(directory)

        async def connect(path: str) -> int:
            async with aiohttp.ClientSession() as session:
                try:
                    async with session.ws_connect(address.replace("http", "ws").replace(urlsplit(address).path, path)):
                        return 101
                except aiohttp.WSServerHandshakeError as error:
                    return error.status

        assert asyncio.run(connect("/ws")) == 403
        assert asyncio.run(connect("/" + "x" * 43 + "/ws")) == 403
        assert asyncio.run(connect(urlsplit(address).path + "ws")) == 101
        assert server.popen.poll() is None

    def test_of_a_download_is_a_cookie_of_the_page(self, serve: Serve, directory: Path):
        _, address = serve(directory)
        cookie = ask(address).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert urlsplit(address).path.strip("/") not in cookie
        assert ask(address, "/download/x", Cookie=cookie.partition(";")[0]).status == 404
        assert ask(address, "/download/x", Cookie="kan-monitor-downloads=x").status == 403

    def test_is_another_one_each_time(self, serve: Serve, directory: Path):
        assert len({urlsplit(serve(directory)[1]).path for _ in range(2)}) == 2

    def test_is_told_to_nobody(self, serve: Serve, directory: Path):
        _, address = serve(directory)
        for answer in (ask(address), ask(address, "/")):
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_browser_is_forbidden_to_ask_anybody_else(serve: Serve, directory: Path):
    _, address = serve(directory)
    policy = ask(address).headers["Content-Security-Policy"]
    here = urlsplit(address).netloc
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert {word for word in policy.replace(";", "").split() if "//" in word} == {f"ws://{here}", f"wss://{here}"}


def test_it_ends_at_a_signal_and_with_it_its_dashboards(serve: Serve, train: Start, directory: Path):
    train(directory)
    server, address = serve(directory)

    async def open_then_end() -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address.replace("http", "ws") + "ws?width=100&height=30") as socket,
        ):
            seen = b""
            while b"running" not in seen:
                seen += (await socket.receive(30)).data
            server.signal(signal.SIGTERM)
            while (await socket.receive(30)).type is aiohttp.WSMsgType.BINARY:
                pass

    asyncio.run(open_then_end())
    assert server.wait() == 0
    until(lambda: not _dashboards_of(directory))


def _dashboards_of(directory: Path) -> list[str]:
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line.decode() for line in lines if str(directory).encode() in line and b"kan_monitor" in line]


class TestIsRefused:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.org"])
    def test_where_other_machines_could_reach_it(self, capsys, host: str):
        assert main(["serve", "--host", host]) == 2
        assert f"{host} can be reached from other machines" in capsys.readouterr().err

    def test_unless_that_is_wanted_and_then_with_a_warning(self, serve: Serve, directory: Path):
        server, address = serve(directory, "--host", "0.0.0.0", "--allow-remote")
        assert "nothing on the way is encrypted" in server.complaints[0]
        assert ask(address).status == 200

    def test_where_somebody_else_listens(self, serve: Serve, directory: Path, capsys):
        _, address = serve(directory)
        assert main(["serve", "--port", str(urlsplit(address).port)]) == 2
        assert "cannot be listened at (Address already in use): choose another --port." in capsys.readouterr().err

    def test_without_its_extra(self, capsys, monkeypatch):
        monkeypatch.setitem(sys.modules, "textual_serve.server", None)
        monkeypatch.delitem(sys.modules, "kan_monitor.serving.server", raising=False)
        assert main(["serve"]) == 2
        assert "pip install 'kan-monitor[web]' brings it" in capsys.readouterr().err

    def test_of_a_directory_of_other_things(self, capsys, tmp_path: Path):
        (tmp_path / "notes.txt").touch()
        assert main(["serve", str(tmp_path)]) == 5
        assert "holds other things and no run" in capsys.readouterr().err


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: Debian's package chromium is one")
class TestInABrowser:
    async def test_the_dashboard_is_drawn_and_follows_the_run(self, serve: Serve, train: Start, directory: Path):
        training = await asyncio.to_thread(train, directory, "--steps", 100_000)
        _, address = await asyncio.to_thread(serve, directory)
        async with page_at(address, directory.parent / "profile") as page:
            await page.until(lambda: b"running" in page.received and b"loss" in page.received)
            training.tell("complete")
            await page.until(lambda: b"complete" in page.received)
            assert await page.evaluate("document.body.className") == "-loaded -first-byte"
            assert len(set(_rows_of(await page.picture()))) > 50

    async def test_nobody_else_is_asked_for_anything(self, serve: Serve, train: Start, directory: Path):
        await asyncio.to_thread(train, directory)
        _, address = await asyncio.to_thread(serve, directory)
        async with page_at(address, directory.parent / "profile") as page:
            await page.until(lambda: b"running" in page.received)
            asked = {urlsplit(one).netloc for one in page.asked_for if not one.startswith("data:")}
            assert asked == {urlsplit(address).netloc}
            assert page.complaints == []

    async def test_keys_reach_the_dashboard_and_q_leaves_it(self, serve: Serve, train: Start, directory: Path):
        await asyncio.to_thread(train, directory)
        _, address = await asyncio.to_thread(serve, directory)
        async with page_at(address, directory.parent / "profile") as page:
            await page.until(lambda: b"running" in page.received)
            await page.evaluate("document.querySelector('.xterm-helper-textarea').focus()")
            await page.do("Input.dispatchKeyEvent", type="char", text="q")
            async with asyncio.timeout(30):
                while "-closed" not in await page.evaluate("document.body.className"):
                    await asyncio.sleep(0.05)


def _rows_of(png: bytes) -> list[bytes]:
    """The filtered rows of a picture: a page that shows nothing has few that differ."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    pixels = zlib.decompress(data)
    stride = len(pixels) // height
    assert stride > width
    return [pixels[row * stride : (row + 1) * stride] for row in range(height)]
