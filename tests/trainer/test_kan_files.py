"""Networks on the disk: back to the last bit, and nothing else is taken for one."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import msgspec
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from kan_shared import store
from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, KANConfig, KANLayer, load, save
from kan_trainer.kan.packing import KEY
from kan_trainer.kan.step import TrainStep

SNAPSHOTS = Path(__file__).parents[2] / "snapshots/kan"
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def assert_equal(one: KAN, other: KAN) -> None:
    assert other.config == one.config
    assert [layer.config for layer in other.kan_layers] == [layer.config for layer in one.kan_layers]
    theirs = other.state_dict()
    assert theirs.keys() == one.state_dict().keys()
    for name, tensor in one.state_dict().items():
        assert theirs[name].dtype == tensor.dtype
        assert theirs[name].contiguous().view(torch.uint8).equal(tensor.contiguous().view(torch.uint8))


def refined() -> KAN:
    """A network whose first layer has got another grid since it was built, and whose second has no bias."""
    torch.manual_seed(0)
    network = KAN([2, 3, 1], outside="clamp")
    first, second = network.kan_layers
    first.config = msgspec.structs.replace(first.config, grid_size=9, grid_range=(-0.1, 1 / 3))
    first.weight = nn.Parameter(torch.randn(2, 13, 3))
    second.bias = None
    return network


@cache
def content() -> bytes:
    """The file of `refined`."""
    with TemporaryDirectory() as folder:
        save(refined(), Path(folder) / "network")
        return (Path(folder) / "network").read_bytes()


class TestANetwork:
    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("layers", [[1, 1], [7, 2], [3, 1200, 1], [4] * 12])
    def test_comes_back_to_the_last_bit(self, tmp_path, layers, dtype):
        network = KAN(layers, grid_size=4, spline_order=2, base="identity", outside="linear").to(dtype)
        with torch.no_grad():
            network.kan_layers[0].weight.view(-1)[:3] = torch.tensor([torch.nan, torch.inf, -0.0])
        save(network, tmp_path / "network")
        assert_equal(network, load(tmp_path / "network"))

    def test_comes_back_with_the_grid_that_each_layer_has_by_now(self, tmp_path):
        network, x = refined(), torch.randn(50, 2)
        save(network, tmp_path / "network")
        again = load(str(tmp_path / "network"))
        assert_equal(network, again)
        assert again(x).equal(network(x))
        with torch.no_grad():
            assert again(x).equal(network(x)), "by the compiled kernel too"

    def test_makes_the_same_file_again(self, tmp_path):
        for name in ("one", "two"):
            save(refined(), tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

    def test_goes_on_learning_as_if_it_had_never_been_away(self, tmp_path):
        torch.manual_seed(0)
        network, x, targets = KAN([3, 8, 2]), torch.randn(40, 3), torch.randn(40, 2)
        step = TrainStep(network, learning_rate=0.01)
        for _ in range(5):
            step(x, targets)
        save(network, tmp_path / "network")
        again = TrainStep(load(tmp_path / "network"), learning_rate=0.01)
        again.load_state_dict(step.state_dict())
        for _ in range(3):
            assert again(x, targets) == step(x, targets)
        assert_equal(network, again.network)

    def test_is_loaded_without_a_random_number(self, tmp_path):
        save(refined(), tmp_path / "network")
        before = torch.get_rng_state()
        load(tmp_path / "network")
        assert torch.get_rng_state().equal(before)

    def test_is_loaded_without_the_rest_of_pytorch(self):
        """Random numbers for weights that have no memory would bring its compiler along, which takes seconds."""
        path = SNAPSHOTS / "version-1.safetensors"
        look = "from kan_trainer import kan; kan.KAN; before = len(sys.modules)"
        code = f"import sys; {look}; kan.load({str(path)!r}); print(len(sys.modules) - before)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        assert 0 < int(done.stdout) < 100

    def test_may_lie_in_memory_as_it_likes(self, tmp_path):
        network = KAN([3, 4])
        layer = network.kan_layers[0]
        layer.weight = nn.Parameter(layer.weight.detach().permute(2, 1, 0).contiguous().permute(2, 1, 0))
        network.requires_grad_(False)
        save(network, tmp_path / "network")
        assert_equal(network, load(tmp_path / "network"))
        assert load(tmp_path / "network").kan_layers[0].weight.is_contiguous()

    def test_can_be_read_by_whatever_reads_safetensors(self, tmp_path):
        network = refined()
        save(network, tmp_path / "network")
        tensors = safetensors.torch.load_file(tmp_path / "network")
        assert {name: tensors[name].tolist() for name in tensors} == {
            name: tensor.tolist() for name, tensor in network.state_dict().items()
        }

    def test_with_other_parts_is_not_written(self, tmp_path):
        network = KAN([2, 3, 1])
        network.layers.append(nn.Linear(1, 1))
        with pytest.raises(
            UsageError, match=r"only a KAN of plain KANLayers can be saved: it has no 'layers.2.weight'"
        ):
            save(network, tmp_path / "network")
        network = KAN([2, 3, 1])
        network.layers[1] = KANLayer(3, 2)
        with pytest.raises(UsageError, match=r"layers.1.weight has the shape \(3, 9, 2\) and should have \(3, 9, 1\)"):
            save(network, tmp_path / "network")
        assert list(tmp_path.iterdir()) == []


class TestWriting:
    def test_replaces_what_was_there_at_once(self, tmp_path):
        path = tmp_path / "network"
        save(KAN([1, 1]), path)
        save(refined(), path)
        assert_equal(refined(), load(path))
        assert list(tmp_path.iterdir()) == [path]

    def test_that_fails_leaves_what_was_there(self, tmp_path, monkeypatch):
        path = tmp_path / "network"
        save(refined(), path)
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(UsageError, match=r"network cannot be written \(No space left on device\)"):
            save(KAN([1, 1]), path)
        assert_equal(refined(), load(path))
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("place", [".", "gone/network"])
    def test_where_one_cannot_is_said(self, tmp_path, place):
        with pytest.raises(UsageError, match=r"cannot be written .*: choose another place"):
            save(refined(), tmp_path / place)

    def test_is_done_piece_by_piece(self, tmp_path, monkeypatch):
        """Linux takes less than 2 GiB at once."""
        monkeypatch.setattr(store, "_PIECE_BYTES", 100)
        save(refined(), tmp_path / "network")
        assert (tmp_path / "network").read_bytes() == content()


class TestAFileThatIsNone:
    def assert_refused(self, path: Path, said: str) -> None:
        with pytest.raises(UsageError, match=said) as caught:
            load(path)
        sentence = str(caught.value)
        assert sentence.startswith(str(path))
        assert "\n" not in sentence
        assert sentence.endswith(".")

    def test_is_never_unpickled(self, tmp_path):
        class Trap:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "sprung"),)

        (tmp_path / "plain").write_bytes(pickle.dumps(Trap()))
        torch.save({"weight": torch.zeros(1), "trap": Trap()}, tmp_path / "zipped")
        for name in ("plain", "zipped"):
            self.assert_refused(tmp_path / name, "is a pickle, and those are not read, since they may run anything")
        assert not (tmp_path / "sprung").exists()

    @pytest.mark.parametrize("foreign", [b"", b"\n", b"# a text\n" * 50, bytes(100), b"\xff" * 100, b"\x01" + bytes(9)])
    def test_is_said_to_be_none(self, tmp_path, foreign):
        (tmp_path / "file").write_bytes(foreign)
        self.assert_refused(tmp_path / "file", "is damaged, or no network at all")

    def test_must_be_there_and_a_file(self, tmp_path):
        self.assert_refused(tmp_path / "gone", r"cannot be read \(No such file or directory\)")
        os.mkfifo(tmp_path / "fifo")
        self.assert_refused(tmp_path / "fifo", "cannot be read")
        with pytest.raises(UsageError, match=r"model.safetensors cannot be read \(No such file"):
            load(tmp_path)

    def test_of_a_later_version_is_said_to_be_one(self, tmp_path):
        path = tmp_path / "network"
        path.write_bytes(changed(lambda envelope: envelope.update(version=2, description="a riddle")))
        self.assert_refused(path, "was written by a later version: pip install -U kan-monitor reads it")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda envelope: envelope.update(version=0), "there is no version 0"),
            (lambda envelope: envelope.update(sha256="0" * 64), "its checksum is another one"),
            (lambda envelope: envelope["description"]["network"].update(base="identity"), "its checksum is another"),
            (lambda envelope: envelope["description"]["network"].update(grid_size=0), "grid_size must be 1 … 1024"),
            (lambda envelope: envelope["description"]["network"].update(layers=[2, 4, 1]), "should have"),
            (lambda envelope: envelope["description"]["network"].update(layers=[2, 3, 10**9]), "parameters must be at"),
            (lambda envelope: envelope["description"]["network"].update(colour="red"), "unknown field"),
            (lambda envelope: envelope["description"]["splines"].pop(), "it has splines for 1 layers of 2"),
            (lambda envelope: envelope["description"]["splines"][0].update(grid_size=8), r"shape \(2, 13, 3\)"),
            (lambda envelope: envelope.pop("version"), "missing required field `version`"),
        ],
    )
    def test_or_was_changed_is_said_to_be_damaged(self, tmp_path, change, said):
        (tmp_path / "network").write_bytes(changed(change))
        self.assert_refused(tmp_path / "network", said)

    def test_has_a_name_that_a_terminal_would_obey(self, tmp_path):
        for name in ("layers\x1b[2J\n", "x" * 10**6):
            tensors = {**safetensors.torch.load(content()), name: torch.zeros(1)}
            metadata = {KEY: json.dumps(envelope_of(content()))}
            (tmp_path / "network").write_bytes(safetensors.torch.save(tensors, metadata))
            with pytest.raises(UsageError, match="is damaged, or no network at all") as caught:
                load(tmp_path / "network")
            assert str(caught.value).isprintable()
            assert len(str(caught.value)) < 500

    def test_lacks_a_layer(self, tmp_path):
        tensors = safetensors.torch.load(content())
        metadata = {KEY: json.dumps(envelope_of(content()))}
        del tensors["layers.1.weight"]
        (tmp_path / "network").write_bytes(safetensors.torch.save(tensors, metadata))
        self.assert_refused(tmp_path / "network", "layers.1.weight is missing")

    def test_is_not_taken_for_a_large_one(self, tmp_path):
        """A file of a terabyte, all holes, whose header promises as much."""
        header = b'{"a":{"dtype":"F32","shape":[250000000000],"data_offsets":[0,1000000000000]}}'
        path = tmp_path / "network"
        path.write_bytes(len(header).to_bytes(8, "little") + header)
        os.truncate(path, 8 + len(header) + 10**12)
        self.assert_refused(path, "does not say of which network it is")
        with pytest.raises(UsageError, match="it has no 'a'"):
            load(path, config=KANConfig(layers=(1, 1)))

    def test_or_is_cut_off_anywhere_is_refused(self, tmp_path):
        path = tmp_path / "network"
        for length in range(0, len(content()), 7):
            path.write_bytes(content()[:length])
            self.assert_refused(path, "is damaged")
        path.write_bytes(content() + b"\0")
        self.assert_refused(path, "bytes of weights, and should have")

    @given(st.data())
    def test_or_has_another_byte_is_refused_or_the_same_network(self, data):
        position = data.draw(st.integers(0, len(content()) - 1))
        broken = bytearray(content())
        broken[position] ^= data.draw(st.integers(1, 255))
        assert_loads_the_same_or_not_at_all(bytes(broken))

    def test_or_has_another_bit_in_any_byte_is_refused_or_the_same_network(self):
        loaded = 0
        for position in range(len(content())):
            broken = bytearray(content())
            broken[position] ^= 1 << position % 8
            loaded += assert_loads_the_same_or_not_at_all(bytes(broken))
        assert loaded < 20, "only what fills the header up may change unseen"


def assert_loads_the_same_or_not_at_all(broken: bytes) -> bool:
    with NamedTemporaryFile(buffering=0) as file:
        file.write(broken)
        try:
            found = load(file.name)
        except UsageError:
            return False
    assert_equal(refined(), found)
    return True


def envelope_of(file: bytes) -> dict:
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    return json.loads(header["__metadata__"][KEY])


def changed(change) -> bytes:
    """The file of `refined`, with another envelope around it."""
    envelope = envelope_of(content())
    change(envelope)
    return safetensors.torch.save(safetensors.torch.load(content()), {KEY: json.dumps(envelope)})


class TestOlderFiles:
    def test_of_every_version_are_read(self):
        """`version-1`: [2, 3, 2] in float64, the first layer refined, the second without a bias."""
        network = load(SNAPSHOTS / "version-1.safetensors")
        assert network.config == KANConfig(
            layers=(2, 3, 2), grid_size=4, spline_order=2, base="identity", outside="linear"
        )
        assert network.kan_layers[0].config.spline != network.kan_layers[1].config.spline
        with torch.no_grad():
            found = network(torch.tensor([[0.5, -3.0], [-1.0, 0.25]], dtype=torch.float64))
        expected = [[1.1921387532880388, 3.658866147501407], [-3.54147869743003, -6.668122426901831]]
        torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=1e-12)

    def test_from_before_there_were_versions_are_read_with_their_configuration(self, tmp_path):
        network = KAN([3, 4, 2], grid_size=7)
        safetensors.torch.save_file(network.state_dict(), tmp_path / "model.safetensors")
        with pytest.raises(UsageError, match=r"pass config=KANConfig\(…\), what it was built with"):
            load(tmp_path)
        assert_equal(network, load(tmp_path, config=network.config))
        with pytest.raises(UsageError, match=r"layers.0.weight has the shape \(3, 11, 4\) and should have \(3, 9, 4\)"):
            load(tmp_path, config=KANConfig(layers=(3, 4, 2)))

    def test_that_say_what_they_are_are_believed(self):
        with pytest.raises(UsageError, match="leave config out"):
            load(SNAPSHOTS / "version-1.safetensors", config=KANConfig(layers=(2, 3, 2)))
