"""What is read from files: good ones in every shape they come in, bad ones with a sentence that says where."""

from __future__ import annotations

import gzip
import re
import struct
from pathlib import Path

import pytest
import torch

from kan_shared.errors import UsageError
from kan_trainer.data.idx import read_idx, read_images_and_labels
from kan_trainer.data.scaling import Scaling, hold_out
from kan_trainer.data.table import Table, read_table


def table(tmp_path: Path, text: str, target: str = "y") -> Table:
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode())
    return read_table(path, target)


def idx(*sizes: int, data: bytes) -> bytes:
    return bytes((0, 0, 8, len(sizes))) + struct.pack(f">{len(sizes)}I", *sizes) + data


def test_a_table_is_its_columns(tmp_path: Path) -> None:
    read = table(tmp_path, "a,y,b\n1,2,3\n\n-4e-1,5, 6 \n")
    assert read.features == ("a", "b")
    assert read.inputs.tolist() == [[1, 3], [-0.4, 6]]
    assert read.numeric_answers().tolist() == [2, 5]
    assert read.lines == [2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "a;y\n1;2\n3;4\n",
        "a\ty\r\n1\t2\r\n3\t4\r\n",
        "\ufeffa,y\n1,2\n3,4",
        '"a","y"\n"1","2"\n"3","4"\n',
        " a , y\n1,2\n3,4",
    ],
    ids=["semicolons", "tabs", "byte order mark", "quoted", "spaces"],
)
def test_tables_come_in_many_forms(tmp_path: Path, text: str) -> None:
    assert table(tmp_path, text).inputs.tolist() == [[1], [3]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,y\n1,2\nx,3\n", "line 3, column 'a': 'x' is no number, and every column but --target is learned from ("),
        ("a,y\n1,2\n,3\n", "line 3, column 'a': the cell is empty."),
        ("a,y\n1,2\n3, \n", "line 3, column 'y': the cell is empty."),
        ("a,y\n1,2\nNaN,3\n", "line 3, column 'a': nan is nothing to learn from."),
        ("a,y\n1,2\n-inf,3\n", "line 3, column 'a': -inf is nothing to learn from."),
        ("a,y\n1,2\n3,4,5\n", "line 3: 3 cells where the header has 2."),
        ("a,Y\n1,2\n3,4\n", "has no column 'y': its columns are a, Y."),
        ("a,yy\n1,2\n3,4\n", "has no column 'y': did you mean 'yy'?"),
        ("a,y,a\n1,2,3\n", "has more than one column 'a'."),
        ("y\n1\n2\n", "has no column besides 'y' to tell it from."),
        ("a,y\n1,2\n", "needs two rows under its header"),
        ("", "has no column 'y': its columns are none."),
    ],
)
def test_a_bad_table_is_told_where_it_is_bad(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as raised:
        table(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "data.csv"))
    assert complaint in str(raised.value)


def test_columns_that_are_left_out_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("name,a,y,b\nAda,1,2,3\n,4,5,6\n")
    read = read_table(path, "y", ("b", "name"))
    assert read.features == ("a",)
    assert read.inputs.tolist() == [[1], [4]]
    assert read.answers == ["2", "5"]


@pytest.mark.parametrize(
    ("excluded", "complaint"),
    [
        (("nam",), "has no column 'nam' to leave out: did you mean 'name'?"),
        (("y",), "'y' cannot be both learned and left out."),
        (("name", "a"), "has no column besides 'y' to tell it from that is not left out."),
    ],
)
def test_columns_that_cannot_be_left_out(tmp_path: Path, excluded: tuple[str, ...], complaint: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text("name,a,y\nAda,1,2\nBob,3,4\n")
    with pytest.raises(UsageError, match=re.escape(complaint)):
        read_table(path, "y", excluded)


def test_a_target_that_is_no_number_is_told_where(tmp_path: Path) -> None:
    read = table(tmp_path, 'a,y\n1,2\n3,"four\nfive"\n')
    with pytest.raises(UsageError, match=r"line 4, column 'y': 'four.nfive' is no number\.$"):
        read.numeric_answers()


def test_what_is_no_table_at_all(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UsageError, match="no CSV file in UTF-8"):
        read_table(tmp_path / "binary.csv", "y")
    with pytest.raises(UsageError, match=r"cannot be read .No such file"):
        read_table(tmp_path / "missing.csv", "y")
    with pytest.raises(UsageError, match=r"cannot be read .Is a directory"):
        read_table(tmp_path, "y")


def test_columns_fill_the_grid_but_for_their_outliers() -> None:
    even = torch.linspace(10, 20, 101, dtype=torch.float64)
    spiked = torch.cat([even[:-1], torch.tensor([1e6], dtype=torch.float64)])
    columns = torch.stack([even, spiked, torch.full_like(even, 7)], 1)
    scaled = Scaling.fit(columns).onto(columns, (0.0, 4.0))
    assert scaled.dtype == torch.float32
    assert scaled[:, 0].min() == 0 and scaled[:, 0].max() == 4
    assert 4 < scaled[-1, 1] < 40  # the outlier lies outside, and the others are not squeezed into a point by it
    assert (scaled[:, 2] == 2).all()


def test_what_is_held_out_depends_on_the_seed_alone() -> None:
    learned, held = hold_out(100, 0.2, seed=3)
    assert sorted([*learned.tolist(), *held.tolist()]) == list(range(100))
    assert len(held) == 20
    assert torch.equal(held, hold_out(100, 0.2, seed=3)[1])
    assert not torch.equal(held, hold_out(100, 0.2, seed=4)[1])
    assert [len(part) for part in hold_out(2, 0.001, seed=0)] == [1, 1]
    assert [len(part) for part in hold_out(2, 0.999, seed=0)] == [1, 1]


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("sign", ["-", "."])
def test_idx_files_under_the_names_they_are_published_with(tmp_path: Path, sign: str, suffix: str) -> None:
    pack = gzip.compress if suffix else bytes
    (tmp_path / f"train-images{sign}idx3-ubyte{suffix}").write_bytes(pack(idx(2, 2, 3, data=bytes(range(12)))))
    (tmp_path / f"train-labels{sign}idx1-ubyte{suffix}").write_bytes(pack(idx(2, data=b"\x07\x09")))
    images, labels = read_images_and_labels(tmp_path, "train")
    assert images.tolist() == [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]]
    assert labels.tolist() == [7, 9]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (idx(4, data=b"123"), "holds less than the 4 bytes it announces"),
        (idx(4, data=b"12345"), "holds more than the 4 bytes it announces"),
        (idx(4, data=b"1234")[:6], "is cut off in its header"),
        (b"", "no IDX file of 1 dimensions: it begins with nothing"),
        (idx(2, 2, data=b"1234"), "begins with 00 00 08 02, not with 00 00 08 01"),
        (b"\x00\x00\x0d\x01" + bytes(8), "begins with 00 00 0d 01"),
        (b"<html>", "begins with 3c 68 74 6d"),
        (idx(2**32 - 1, data=b""), "holds less than the 4294967295 bytes"),
    ],
)
def test_a_bad_idx_file(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "labels").write_bytes(content)
    with pytest.raises(UsageError, match=complaint) as raised:
        read_idx(tmp_path / "labels", dimensions=1)
    assert str(tmp_path / "labels") in str(raised.value)


def test_an_idx_file_that_announces_too_much(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(idx(2**32 - 1, 2**16, 2**16, data=b""))
    with pytest.raises(UsageError, match="more than can be"):
        read_idx(tmp_path / "images", dimensions=3)


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:12], lambda data: data[2:]])
def test_a_damaged_gzip_file(tmp_path: Path, damage: object) -> None:
    (tmp_path / "labels.gz").write_bytes(damage(gzip.compress(idx(500, data=bytes(500)))))  # type: ignore[operator]
    with pytest.raises(UsageError, match="is damaged or cut off"):
        read_idx(tmp_path / "labels.gz", dimensions=1)


def test_a_folder_that_is_not_mnist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no train-images-idx3-ubyte"):
        read_images_and_labels(tmp_path, "train")
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(2, 1, 1, data=b"ab"))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(1, data=b"a"))
    with pytest.raises(UsageError, match="2 train images, but 1 labels"):
        read_images_and_labels(tmp_path, "train")
