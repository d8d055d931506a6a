"""What a trainer writes of a network: what it carries through JSON, what it refuses, and how it is followed.

The schema and the golden network in snapshots/network/ are what runs on people's disks look like.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kan_shared.errors import UnreadableState
from kan_shared.network import (
    MAX_NETWORK_BYTES,
    NETWORK_VERSION,
    Edge,
    Layer,
    Network,
    NetworkReader,
    decode_network,
    encode_network,
    network_schema,
)
from kan_shared.store import replace_file

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "network"


def layer(**changes: Any) -> Layer:
    edge = Edge(source=0, target=0, importance=1.0, inputs=(-0.9, 0.9), curve=(0.5, 0.25, "NaN", "-Infinity"))
    fields: dict[str, Any] = {
        "inputs": 1, "outputs": 1, "grid_size": 5, "spline_order": 3, "grid_range": (-1.0, 1.0), "base": "silu",
        "outside": "zero", "coverage": 0.75, "quantiles": (-2.0, -1.0, 0.0, 1.0, 2.0), "drawn_range": (-1.0, 1.0),
        "edges": (edge,),
    }  # fmt: skip
    return Layer(**{**fields, **changes})


def network(**changes: Any) -> Network:
    fields: dict[str, Any] = {
        "step": 500, "backend": "native", "device": "cpu", "parameters": 10, "depth": 1, "layers": (layer(),)
    }  # fmt: skip
    return Network(**{**fields, **changes})


def test_a_network_comes_back_as_it_was() -> None:
    assert decode_network(encode_network(network())) == network()


def test_it_is_json_for_anybody() -> None:
    fields = json.loads(encode_network(network()), parse_constant=pytest.fail)
    assert fields["schema_version"] == NETWORK_VERSION
    assert fields["layers"][0]["edges"][0]["curve"] == [0.5, 0.25, "NaN", "-Infinity"]


def test_a_network_of_every_version_still_loads() -> None:
    assert decode_network((SNAPSHOTS / "network-v1.json").read_bytes()) == network()


def test_the_schema_is_what_it_was() -> None:
    """Another one is a new version, or has one more field that may be missing."""
    assert json.loads(json.dumps(network_schema())) == json.loads((SNAPSHOTS / "schema-v1.json").read_text())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schema_version", 2),
        ("step", -1),
        ("layers", []),
        ("grid_range", [1.0, -1.0]),
        ("grid_range", [-1e300, 1.0]),
        ("drawn_range", [0.5, 0.5]),
        ("coverage", 1.5),
        ("curve", [1.0]),
        ("curve", ["many"] * 2),
        ("target", -1),
    ],
)
def test_what_is_no_network_is_refused(name: str, value: Any) -> None:
    fields = json.loads(encode_network(network()))
    for part in (fields, fields["layers"][0], fields["layers"][0]["edges"][0]):
        if name in part:
            part[name] = value
    with pytest.raises(UnreadableState):
        decode_network(json.dumps(fields).encode())


class TestFollowing:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "network.json"

    @pytest.fixture
    def reader(self, path: Path) -> NetworkReader:
        return NetworkReader(path)

    def put(self, path: Path, reader: NetworkReader, data: bytes) -> Network | None:
        replace_file(path, data)
        reader.poll()
        return reader.network

    def test_shows_the_latest_one(self, path: Path, reader: NetworkReader) -> None:
        reader.poll()
        assert reader.network is None
        for step in (1, 2):
            shown = self.put(path, reader, encode_network(network(step=step)))
            assert shown is not None and shown.step == step

    def test_of_one_that_has_not_moved_is_a_stat(
        self, path: Path, reader: NetworkReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = self.put(path, reader, encode_network(network()))
        monkeypatch.setattr("kan_shared.network.decode_network", pytest.fail)
        reader.poll()
        assert reader.network is before

    @pytest.mark.parametrize("data", [b"", b"{", encode_network(network())[:-9], b" " * (MAX_NETWORK_BYTES + 1)])
    def test_keeps_the_last_good_one_while_the_file_is_bad(
        self, path: Path, reader: NetworkReader, data: bytes
    ) -> None:
        before = self.put(path, reader, encode_network(network()))
        assert self.put(path, reader, data) is before is not None

    def test_forgets_one_that_is_deleted(self, path: Path, reader: NetworkReader) -> None:
        self.put(path, reader, encode_network(network()))
        path.unlink()
        reader.poll()
        assert reader.network is None

    @pytest.mark.timeout(20)
    def test_does_not_wait_for_a_fifo(self, path: Path, reader: NetworkReader) -> None:
        os.mkfifo(path)
        reader.poll()
        assert reader.network is None
