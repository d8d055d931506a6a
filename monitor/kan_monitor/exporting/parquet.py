"""Rows of the table as Parquet, a batch a time; needs pyarrow, the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from kan_monitor.exporting.table import Rows, WideRows
from kan_shared.errors import MissingExtra

#: Rows that are stored, and later read, together.
_GROUP_ROWS = 2**18


def require_pyarrow() -> None:
    """Refuses before anything is written.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise MissingExtra("kan-monitor export --format parquet", "parquet", "pyarrow") from error


def write_long(out: BinaryIO, rows: Iterator[Rows]) -> None:
    """Writes the long table."""
    import pyarrow as pa

    name = pa.dictionary(pa.int32(), pa.string())
    types = (name, pa.int64(), pa.float64(), pa.float64(), pa.int64())
    schema = pa.schema(list(zip(("series", "step", "seconds", "value", "segment"), types, strict=True)))

    def columns(batch: Rows) -> list[Any]:
        indices = pa.array([0] * len(batch.steps), pa.int32())
        names = pa.DictionaryArray.from_arrays(indices, pa.array([batch.series], pa.string()))
        return [names, *map(pa.array, (batch.steps, batch.seconds, batch.values, batch.segments))]

    _write(out, schema, map(columns, rows))


def write_wide(out: BinaryIO, names: Sequence[str], rows: Iterator[WideRows]) -> None:
    """Writes the wide table; a value that is not there is null, which is not NaN."""
    import pyarrow as pa

    schema = pa.schema([("step", pa.int64()), *((name, pa.float64()) for name in names)])

    def columns(batch: WideRows) -> list[Any]:
        own = zip(batch.values, batch.known, strict=True)
        return [pa.array(batch.steps), *(pa.array(values, mask=~known) for values, known in own)]

    _write(out, schema, map(columns, rows))


def _write(out: BinaryIO, schema: Any, batches: Iterator[list[Any]]) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(out, schema, compression="zstd") as writer:
        group: list[Any] = []
        for columns in batches:
            group.append(pa.Table.from_arrays(columns, schema=schema))
            if sum(table.num_rows for table in group) >= _GROUP_ROWS:
                writer.write_table(pa.concat_tables(group).unify_dictionaries())
                group = []
        if group:
            writer.write_table(pa.concat_tables(group).unify_dictionaries())
