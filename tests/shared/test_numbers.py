"""Numbers on the wire."""

from __future__ import annotations

import json
import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.numbers import WireFloat, from_wire, to_wire


@given(st.floats(allow_nan=False))
def test_every_number_comes_back_bit_for_bit(value: float) -> None:
    sent = json.loads(json.dumps(to_wire(value), allow_nan=False))
    assert struct.pack("<d", from_wire(sent)) == struct.pack("<d", value)


@given(st.floats().filter(math.isnan))
def test_nan_comes_back_as_nan(value: float) -> None:
    assert to_wire(value) == "NaN"
    assert math.isnan(from_wire("NaN"))


@pytest.mark.parametrize(
    ("value", "wire"), [(math.inf, b'"Infinity"'), (-math.inf, b'"-Infinity"'), (math.nan, b'"NaN"'), (0.0, b"0.0")]
)
def test_what_stands_in_the_file(value: float, wire: bytes) -> None:
    assert msgspec.json.encode(to_wire(value)) == wire
    assert msgspec.json.decode(wire, type=WireFloat) == to_wire(value)


@pytest.mark.parametrize("wire", [b'"nan"', b'"inf"', b'"1.0"', b'""', b"null", b"NaN", b"true"])
def test_there_is_one_spelling_of_each(wire: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(wire, type=WireFloat)
