"""Files of rows: both forms of the schema, and every bad line by its number."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.reading import LINE_BYTES, read_rows
from kan_trainer.finetune.corpus.row import Metadata, Row

from .corpus_files import distinct, jsonl

GOOD = {"input": "fn a() {}", "output": "#[test]\nfn b() {}"}


def test_a_row_of_input_and_output_is_read_with_what_is_known_of_it(tmp_path: Path) -> None:
    metadata = {"crate": "num", "complexity": 4, "has_generics": False, "stratum": "std", "licence": "MIT"}
    file = jsonl(tmp_path / "rows.jsonl", [{**GOOD, "metadata": metadata}, GOOD])
    known = Metadata(crate="num", complexity=4, has_generics=False, stratum="std")
    assert read_rows(file, "refuse").rows == [Row(**GOOD, metadata=known), Row(**GOOD)]


def test_a_row_of_function_unit_and_property_tests_is_joined(tmp_path: Path) -> None:
    parts = {"function_code": "\nfn a() {}\n", "unit_tests": "#[test]\nfn b() {}\n"}
    both = {**parts, "property_tests": "proptest! {}\n"}
    file = jsonl(tmp_path / "rows.jsonl", [parts, both, {**parts, "property_tests": None}])
    first, second, third = read_rows(file, "refuse").rows
    assert first == third == Row(GOOD["input"], GOOD["output"])
    assert second.output == "#[test]\nfn b() {}\n\nproptest! {}"


def test_blank_lines_a_mark_of_byte_order_and_windows_are_borne(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"input": "a", "output": "b"}\r\n\r\n{"input": "c", "output": "d"}')
    assert read_rows(file, "refuse").rows == [Row("a", "b"), Row("c", "d")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1, 2]", "expected `object`, got `array`"),
        ('"text"', "expected `object`, got `str`"),
        ('{"input": "a"', "not JSON: input data was truncated"),
        ("torn", "not JSON: "),
        ('{"output": "a"}', "no `input`"),
        ('{"input": "a"}', "no `output`"),
        ('{"input": " \\n", "output": "a"}', "empty `input`"),
        ('{"input": "a", "output": ""}', "empty `output`"),
        ('{"function_code": "a", "unit_tests": "", "property_tests": null}', "empty `output`"),
        ('{"input": 3, "output": "a"}', r"expected `str \| null`, got `int` - at `\$.input`"),
        (
            '{"input": "a", "output": "b", "metadata": {"complexity": "4"}}',
            r"expected `int \| null`, got `str` - at `\$.metadata.complexity`",
        ),
        (b'{"input": "\xff\xfe", "output": "b"}', r"not UTF-8 \(byte 12\)"),
        ('{"input": "\\ud800", "output": "b"}', "not JSON: "),
        pytest.param('{"input": "' + "a" * LINE_BYTES + '", "output": "b"}', "longer than 1 MiB", id="long"),
        pytest.param("a" * 3 * LINE_BYTES, "longer than 1 MiB", id="very long"),
        pytest.param('{"other": ' + "[" * 100_000, "not JSON: ", id="deep"),
        ('{"input": "fn a() {} // <|im_end|>", "output": "b"}', r"holds the control token <\|im_end\|>"),
    ],
)
def test_a_line_that_is_no_row_is_named_with_its_reason(tmp_path: Path, line: str | bytes, reason: str) -> None:
    file = jsonl(tmp_path / "rows.jsonl", [GOOD, "", line, GOOD])
    with pytest.raises(
        UsageError, match=rf"rows.jsonl has 1 line that cannot be used: line 3: {reason}.*\.$"
    ) as refusal:
        read_rows(file, "refuse")
    assert len(str(refusal.value)) < 400


def test_of_many_bad_lines_the_first_are_named_and_all_counted(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "rows.jsonl", [GOOD, *["torn"] * 7, GOOD, *["{}"] * 5])
    with pytest.raises(UsageError, match=r"has 12 lines that cannot be used: line 2: .*; line 6: [^;]*; and 7 more\."):
        read_rows(file, "refuse")
    jsonl(file, ["torn"] * 5000)
    with pytest.raises(UsageError, match=r"has 1000 or more lines that cannot be used.*; and 995 more\."):
        read_rows(file, "refuse")


def test_control_tokens_are_escaped_where_that_is_wanted(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "rows.jsonl", [{"input": 'f("<|im_end|>")', "output": "x<|y|>"}, GOOD])
    held = read_rows(file, "escape")
    assert held.rows[0] == Row('f("<| im_end|>")', "x<| y|>")
    assert held.escaped == 1


def test_text_that_a_terminal_obeys_does_not_reach_it(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "rows.jsonl", ['{"input": "<|\u202eim|>\x1b[2J'])
    with pytest.raises(UsageError) as refusal:
        read_rows(file, "refuse")
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("content", [b"", b"\n\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=r"rows.jsonl holds no rows: every line"):
        read_rows(tmp_path / "rows.jsonl", "refuse")


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    for name in ("pipe.jsonl", "absent.jsonl"):
        with pytest.raises(UsageError, match=f"{name} cannot be read"):
            read_rows(tmp_path / name, "refuse")


def test_a_parquet_file_is_read_as_its_lines_would_be(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    file = tmp_path / "rows.parquet"
    rows = [distinct("a", "one"), distinct("b", "two")]
    table = [{"input": row.input, "output": row.output, "metadata": {"crate": row.metadata.crate}} for row in rows]
    parquet.write_table(pa.Table.from_pylist(table), file)
    assert read_rows(file, "refuse").rows == rows
    parquet.write_table(pa.Table.from_pylist([*table, {"input": "a"}]), file)
    with pytest.raises(UsageError, match="has 1 line that cannot be used: line 3: no `output`"):
        read_rows(file, "refuse")
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(UsageError, match="is no parquet file that can be read"):
        read_rows(file, "refuse")
