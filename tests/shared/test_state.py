"""The state: what it carries through JSON, what it refuses, and that neither changes by accident.

The schema and the golden states in snapshots/state/ are what runs on people's disks look like.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_shared.errors import KanError, NewerSchema, UnreadableState
from kan_shared.numbers import to_wire
from kan_shared.state import (
    SCHEMA_VERSION,
    Answer,
    Gpu,
    Host,
    Loss,
    Metric,
    Producer,
    Rate,
    State,
    Telemetry,
    decode_state,
    encode_state,
    state_schema,
)

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "state"

# --------------------------------------------------------------------------------------
# Round trip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
counts = st.integers(0, 2**53)
times = st.floats(0, 1e11)
wire_floats = st.floats().map(to_wire)
percents = st.floats(0, 100)
byte_counts = st.integers(0, 2**60)
temperatures = st.floats(-100, 1000)
watts = st.floats(0, 1e6)
rates_of_bytes = st.floats(0, 1e15)
joules = st.floats(0, 1e18)


def known_or_not(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {name: st.none() | field for name, field in fields.items()}


producers = st.builds(
    Producer,
    pid=st.integers(0, 2**31 - 1),
    host=texts,
    **known_or_not(boot_id=texts, pid_namespace=texts, process_start=texts),
)
metrics = st.builds(
    Metric,
    step=counts,
    value=wire_floats,
    seconds=times,
    count=counts,
    first=wire_floats,
    **known_or_not(best=st.floats(allow_nan=False, allow_infinity=False), best_step=counts),
)
gpus = st.builds(
    Gpu,
    index=st.integers(0, 1024),
    **known_or_not(
        name=texts,
        utilization_percent=percents,
        memory_used_bytes=byte_counts,
        memory_total_bytes=byte_counts,
        temperature_celsius=temperatures,
        throttle_celsius=temperatures,
        power_watts=watts,
        power_limit_watts=watts,
        shutdown_celsius=temperatures,
        clock_megahertz=watts,
        clock_limit_megahertz=watts,
        throttle_reasons=st.lists(texts, max_size=16).map(tuple),
        energy_joules=joules,
    ),
)
hosts = st.builds(
    Host,
    **known_or_not(
        cpu_percent=percents,
        cpu_cores=watts,
        memory_used_bytes=byte_counts,
        memory_total_bytes=byte_counts,
        swap_used_bytes=byte_counts,
        swap_total_bytes=byte_counts,
        process_memory_bytes=byte_counts,
        disk_read_bytes_per_second=rates_of_bytes,
        disk_write_bytes_per_second=rates_of_bytes,
        disk_free_bytes=byte_counts,
        disk_total_bytes=byte_counts,
        network_received_bytes_per_second=rates_of_bytes,
        network_sent_bytes_per_second=rates_of_bytes,
    ),
)
telemetries = st.builds(
    Telemetry,
    seconds=times,
    gpus=st.lists(gpus, max_size=3).map(tuple),
    host=hosts,
    **known_or_not(gpu_problem=texts, earlier_energy_joules=joules, energy_seconds=times),
)
rates = st.builds(Rate, unit=st.sampled_from(["tokens", "samples", "steps"]), per_second=watts)
answers = st.builds(
    Answer,
    id=st.from_regex("[0-9a-f]{32}", fullmatch=True),
    action=st.sampled_from(["pause", "resume", "checkpoint", "stop"]),
    verdict=st.sampled_from(["accepted", "refused", "done"]),
    reason=texts,
)
states = st.builds(
    State,
    run_id=texts,
    name=texts,
    status=st.sampled_from(["running", "paused", "complete", "stopped", "error"]),
    producer=producers,
    revision=counts,
    segment=st.integers(0, 2**32 - 1),
    started_seconds=times,
    heartbeat_seconds=times,
    elapsed_seconds=times,
    metrics=st.dictionaries(texts, metrics, max_size=3),
    goals=st.dictionaries(texts, st.sampled_from(["minimize", "maximize"]), max_size=3),
    samples=counts,
    events=counts,
    allows_control=st.booleans(),
    answers=st.lists(answers, max_size=3).map(tuple),
    **known_or_not(
        task=texts,
        model=texts,
        notes=texts,
        message=texts,
        ended_seconds=times,
        last_step_seconds=times,
        longest_gap_seconds=times,
        seconds_per_step=times,
        step=counts,
        total_steps=counts,
        epoch=counts,
        total_epochs=counts,
        rate=rates,
        telemetry=telemetries,
        world_size=st.integers(1, 2**20),
        lost=st.builds(Loss, records=counts, reason=texts),
    ),
)


@given(states)
@settings(max_examples=200, deadline=None)
def test_a_state_comes_back_as_it_was_written(state: State) -> None:
    assert decode_state(encode_state(state)) == state


@given(states)
@settings(max_examples=50, deadline=None)
def test_a_state_is_json_that_any_reader_takes(state: State) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    assert json.loads(encode_state(state), parse_constant=refuse)["schema_version"] == SCHEMA_VERSION


def test_unknown_is_not_zero(make_state: Callable[..., State]) -> None:
    unknown = decode_state(encode_state(make_state(step=None, telemetry=Telemetry(seconds=1, gpus=(Gpu(index=0),)))))
    assert unknown.step is None
    assert unknown.telemetry is not None
    assert unknown.telemetry.gpus[0].power_watts is None

    idle = Gpu(index=0, power_watts=0, utilization_percent=0)
    zero = decode_state(encode_state(make_state(step=0, telemetry=Telemetry(seconds=1, gpus=(idle,)))))
    assert zero.step == 0
    assert zero.telemetry is not None
    assert zero.telemetry.gpus[0].power_watts == 0


# --------------------------------------------------------------------------------------
# What is refused


def full_document() -> dict[str, Any]:
    """The golden state, which sets every field, as plain JSON."""
    document: dict[str, Any] = json.loads((SNAPSHOTS / f"state-v{SCHEMA_VERSION}.json").read_text())
    return document


def changed(document: dict[str, Any], path: str, value: Any) -> bytes:
    """`document` with another value at `path`, "telemetry.gpus.0.index"."""
    *parents, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    place: Any = document
    for part in parents:
        place = place[part]
    place[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "dancing"),
        ("status", None),
        ("run_id", 7),
        ("name", "n" * 201),
        ("notes", "n" * 2001),
        ("producer", None),
        ("producer.pid", -1),
        ("producer.pid", 2**31),
        ("revision", -1),
        ("revision", 1.5),
        ("segment", 2**32),
        ("step", "12"),
        ("step", True),
        ("step", 2**53 + 1),
        ("elapsed_seconds", -0.1),
        ("elapsed_seconds", None),
        ("heartbeat_seconds", 1e12),
        ("metrics", []),
        ("metrics", {f"m{i}": full_document()["metrics"]["train/loss"] for i in range(129)}),
        ("metrics.train/loss", None),
        ("metrics.train/loss.value", "nan"),
        ("metrics.train/loss.value", None),
        ("metrics.train/loss.best", "NaN"),
        ("goals.train/loss", "up"),
        ("rate.unit", "furlongs"),
        ("rate.per_second", -1),
        ("telemetry.gpus", {}),
        ("telemetry.gpus", [{"index": i} for i in range(65)]),
        ("telemetry.gpus.0.utilization_percent", 100.1),
        ("telemetry.gpus.0.memory_used_bytes", -1),
        ("telemetry.gpus.0.power_watts", "a lot"),
        ("telemetry.gpus.0.throttle_reasons", ["hot"] * 17),
        ("telemetry.gpus.0.energy_joules", -1),
        ("telemetry.host", None),
        ("allows_control", 1),
        ("answers", [full_document()["answers"][0]] * 17),
        ("answers.0.id", "../../etc/passwd"),
        ("answers.0.verdict", "perhaps"),
        ("telemetry.host.disk_read_bytes_per_second", "fast"),
        ("world_size", 0),
    ],
)
def test_a_value_out_of_bounds_is_refused_and_its_place_named(path: str, value: Any) -> None:
    with pytest.raises(UnreadableState, match=r"the state is not valid: .*\$\.?" + path.split(".")[0]):
        decode_state(changed(full_document(), path, value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"schema_version": 1}',
        b'{"schema_version": "1"}',
        b'{"schema_version": 1.0}',
        b'{"schema_version": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"schema_version": 1, "run_id": "\xed\xa0\x80"}',
        b'{"schema_version": 1, "run_id": "\\ud800"}',
        b'{"schema_version": 1, "x": ' + b"[" * 60_000,
        b'{"schema_version": 1, "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"schema_version": 1, "x": ' + b'{"x":' * 12_000 + b"1" + b"}" * 12_000 + b"}",
        b'{"schema_version": 1, "elapsed_seconds": NaN}',
    ],
    ids=lambda data: repr(data[:40]),
)
def test_what_is_no_state_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableState):
        decode_state(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)


def paths(value: Any, before: str = "") -> Iterator[str]:
    """Every place in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield f"{before}{key}"
        yield from paths(item, f"{before}{key}.")


@given(path=st.sampled_from(sorted(paths(full_document()))), value=json_values)
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_place_is_a_state_or_is_refused(path: str, value: Any) -> None:
    try:
        state = decode_state(changed(full_document(), path, value))
    except KanError:
        return
    assert decode_state(encode_state(state)) == state


@given(st.binary(max_size=200) | st.text().map(str.encode))
@settings(max_examples=200, deadline=None)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableState):
        decode_state(data)


# --------------------------------------------------------------------------------------
# Versions


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99, 2**70])
def test_a_newer_schema_is_named_and_says_what_to_do(version: int) -> None:
    with pytest.raises(NewerSchema, match=rf"version {version}\b.* up to {SCHEMA_VERSION}: upgrade it with pip"):
        decode_state(json.dumps({"schema_version": version, "anything": ["else"]}).encode())


def test_fields_of_a_later_version_of_the_same_schema_are_ignored() -> None:
    document = full_document()
    before = decode_state(json.dumps(document).encode())
    gpu, metric = document["telemetry"]["gpus"][0], document["metrics"]["train/loss"]
    for place in (document, document["producer"], gpu, metric):
        place["from_the_future"] = {"deep": [1, 2, {"er": None}]}
    assert decode_state(json.dumps(document).encode()) == before


def test_the_schema_is_the_one_that_is_pinned(request: pytest.FixtureRequest) -> None:
    pinned = SNAPSHOTS / f"schema-v{SCHEMA_VERSION}.json"
    schema = json.dumps(state_schema(), indent=2) + "\n"
    if request.config.getoption("--snapshot-update"):
        pinned.write_text(schema)
    assert json.loads(pinned.read_text()) == json.loads(schema), (
        "the schema of state.json changed. An optional field that was added: pin it with"
        " `pytest tests/shared/test_state.py --snapshot-update`, and give it to the golden state. Anything else"
        " breaks the runs that people have: raise SCHEMA_VERSION, teach decode_state the older version, and pin both."
    )


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_a_state_of_every_version_still_loads(version: int) -> None:
    golden = SNAPSHOTS / f"state-v{version}.json"
    try:
        state = decode_state(golden.read_bytes())
    except KanError as error:
        pytest.fail(f"{golden} no longer loads: {error}. Runs on disks look so: it is decode_state that must change.")
    assert (state.run_id, state.step, state.metrics["train/loss"].value) == ("7f3a", 1200, 0.25)
    assert state.metrics["val/loss"].value == "NaN"
    assert state.telemetry is not None
    assert [gpu.name for gpu in state.telemetry.gpus] == ["NVIDIA H200", None]


def test_the_golden_state_leaves_nothing_out() -> None:
    """Otherwise it would not show that a field was lost."""
    schema = state_schema()
    document = full_document()
    in_document = {path.rpartition(".")[2] for path in paths(document)}
    in_schema = {name for kind in schema["$defs"].values() for name in kind["properties"]}
    assert in_schema <= in_document
