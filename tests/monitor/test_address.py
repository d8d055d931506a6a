"""The address of a run on another machine, and the ssh that it becomes."""

from __future__ import annotations

import pytest

from kan_monitor.cli import main
from kan_monitor.sources.address import Address, parse_address
from kan_monitor.sources.ssh import ssh_command
from kan_shared.errors import EXIT_USAGE

pytestmark = pytest.mark.usefixtures("home")


class TestAnAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("ssh://gpu-box/runs/mine", Address("gpu-box", path="/runs/mine")),
            ("ssh://me@gpu-box:2222/runs/mine", Address("gpu-box", "me", 2222, "/runs/mine")),
            ("ssh://[fe80::1%eth0]:22/x", Address("fe80::1%eth0", port=22, path="/x")),
            ("ssh://gpu-box/~/experiments/a b", Address("gpu-box", path="experiments/a b")),
            ("ssh://gpu-box", Address("gpu-box")),
            ("ssh://gpu-box/", Address("gpu-box")),
            ("ssh://gpu-box/~", Address("gpu-box", path=".")),
        ],
    )
    def test_is_read(self, text, address):
        assert parse_address(text) == address
        assert parse_address(str(address)) == address

    @pytest.mark.parametrize(
        "text",
        [
            "ssh://-oProxyCommand=touch${IFS}x/y",
            "ssh://-l@host/y",
            "ssh://a b/c",
            "ssh://host:0/x",
            "ssh://host:99999/x",
            "ssh://host/a\nb",
            "ssh:///x",
            "ssh://$(reboot)/x",
            "ssh://`id`@host/x",
            "ssh://host;id/x",
            "ssh://[::1/x",
        ],
    )
    def test_is_refused(self, text, capsys):
        assert main([text, "--once"]) == 2
        assert "is no address: write ssh://[user@]host[:port]/path." in capsys.readouterr().err

    def test_is_not_controlled_from_here(self, capsys, monkeypatch):
        monkeypatch.setattr("kan_monitor.cli._wants_headless", lambda _: False)
        assert main(["--control", "ssh://box/runs/one"]) == EXIT_USAGE
        assert "start it on box" in capsys.readouterr().err

    def test_becomes_arguments_that_are_no_options(self):
        command = ssh_command(
            Address("box", "me", 2222, "/a b; touch x"), "~/bin/kan-monitor", refresh_ms=500, may_ask=True
        )
        assert command == [
            *("ssh", "-T", "-p", "2222", "-l", "me", "--", "box"),
            "~/bin/kan-monitor feed --refresh-ms 500 -- '/a b; touch x'",
        ]

    def test_asks_nothing_once_a_screen_is_drawn(self):
        command = ssh_command(Address("box"), "kan-monitor", refresh_ms=500, may_ask=False)
        assert "BatchMode=yes" in command
