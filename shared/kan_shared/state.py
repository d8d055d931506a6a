"""The latest state of a run, as `state.json` carries it: who produces it, how far it is, what it measures.

Everything is typed and bounded, so that a reader can build from it without looking twice. A field that is `None` is
unknown, which is never the same as zero. Fields that a later version of the same schema adds are ignored by an
earlier reader.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from kan_shared.errors import NewerSchema, UnreadableState
from kan_shared.numbers import Count, Duration, UnixSeconds, WireFloat

SCHEMA_VERSION: Final = 1
#: A state file is smaller than this; a larger one is refused unread.
MAX_STATE_BYTES: Final = 128 * 1024
#: Metrics that the state summarises; the series of the others are in `history/` all the same.
MAX_METRICS: Final = 128
MAX_GPUS: Final = 64
MAX_TAGS: Final = 64
#: Points of a planned schedule; a chart draws lines between them.
MAX_PLANNED: Final = 128
#: More than can wait to be done, so that none is forgotten before it is.
MAX_ANSWERS: Final = 16
MAX_THROTTLE_REASONS: Final = 16

Status = Literal["running", "paused", "complete", "stopped", "error"]
Goal = Literal["minimize", "maximize"]
#: What can be asked of a run, and what becomes of that: `accepted` until the training reaches a point where it can be
#: done, `done` from then on.
Action = Literal["pause", "resume", "checkpoint", "stop"]
Verdict = Literal["accepted", "refused", "done"]
RateUnit = Literal["tokens", "samples", "steps"]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=2000)]
RequestId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Percent = Annotated[float, Meta(ge=0, le=100)]
Bytes = Annotated[int, Meta(ge=0, le=2**60)]
BytesPerSecond = Annotated[float, Meta(ge=0, le=1e15)]
Celsius = Annotated[float, Meta(ge=-100, le=1000)]
Watts = Annotated[float, Meta(ge=0, le=1e6)]
Joules = Annotated[float, Meta(ge=0, le=1e18)]
Megahertz = Annotated[float, Meta(ge=0, le=1e6)]


class Producer(Struct, frozen=True, kw_only=True):
    """The process that writes the state: enough to tell, on its host, whether it still lives."""

    pid: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    host: ShortText
    #: Changes at every boot, so that a pid from before one is never taken for a live process.
    boot_id: ShortText | None = None
    #: Which pid namespace `pid` counts in: a container's pids mean nothing outside it.
    pid_namespace: ShortText | None = None
    #: When the process started, in the kernel's own unit: tells a reused pid.
    process_start: ShortText | None = None


class Metric(Struct, frozen=True, kw_only=True):
    """What one series amounts to so far."""

    step: Count
    value: WireFloat
    seconds: UnixSeconds
    count: Count
    first: WireFloat
    #: The best finite value by the metric's goal (lowest, unless a goal says otherwise) and where it was.
    best: float | None = None
    best_step: Count | None = None


class Rate(Struct, frozen=True, kw_only=True):
    """How much is processed a second, over the last seconds."""

    unit: RateUnit
    per_second: Annotated[float, Meta(ge=0)]


class Gpu(Struct, frozen=True, kw_only=True):
    """One GPU at one moment; `None` where the card or its driver does not say."""

    index: Annotated[int, Meta(ge=0, le=1024)]
    name: ShortText | None = None
    utilization_percent: Percent | None = None
    memory_used_bytes: Bytes | None = None
    memory_total_bytes: Bytes | None = None
    temperature_celsius: Celsius | None = None
    #: Where the driver begins to slow the card down, and where it switches it off.
    throttle_celsius: Celsius | None = None
    shutdown_celsius: Celsius | None = None
    power_watts: Watts | None = None
    power_limit_watts: Watts | None = None
    clock_megahertz: Megahertz | None = None
    clock_limit_megahertz: Megahertz | None = None
    #: What holds its clocks down, in words, where that is neither idleness nor a setting; empty where nothing does.
    throttle_reasons: Annotated[tuple[ShortText, ...], Meta(max_length=MAX_THROTTLE_REASONS)] | None = None
    #: What it has used since the latest segment of the run began.
    energy_joules: Joules | None = None


class Host(Struct, frozen=True, kw_only=True):
    """The load of the machine that trains; of its container, where that is limited to a part of it."""

    cpu_percent: Percent | None = None
    #: The processors that `cpu_percent` is a share of.
    cpu_cores: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    memory_used_bytes: Bytes | None = None
    memory_total_bytes: Bytes | None = None
    swap_used_bytes: Bytes | None = None
    swap_total_bytes: Bytes | None = None
    #: What the training process itself keeps in memory.
    process_memory_bytes: Bytes | None = None
    disk_read_bytes_per_second: BytesPerSecond | None = None
    disk_write_bytes_per_second: BytesPerSecond | None = None
    #: Of the disk that the run is recorded on.
    disk_free_bytes: Bytes | None = None
    disk_total_bytes: Bytes | None = None
    network_received_bytes_per_second: BytesPerSecond | None = None
    network_sent_bytes_per_second: BytesPerSecond | None = None


class Telemetry(Struct, frozen=True, kw_only=True):
    """What the hardware said last."""

    seconds: UnixSeconds
    gpus: Annotated[tuple[Gpu, ...], Meta(max_length=MAX_GPUS)] = ()
    #: Why there is no GPU to show, or which of them is lost, in a few words; `None` where there is nothing to say.
    gpu_problem: ShortText | None = None
    host: Host = Host()
    #: What all GPUs of the run used in its segments before this one, and how long its energy has been measured in all.
    earlier_energy_joules: Joules | None = None
    energy_seconds: Duration | None = None


class Loss(Struct, frozen=True, kw_only=True):
    """Records that could not be written, and why: training went on without them."""

    records: Count
    reason: ShortText


class Answer(Struct, frozen=True, kw_only=True):
    """What became of a request, and why where that was nothing."""

    id: RequestId
    action: Action
    verdict: Verdict
    reason: ShortText = ""


class State(Struct, frozen=True, kw_only=True):
    """The latest state of one run."""

    schema_version: int = SCHEMA_VERSION
    #: Identifies the run over all its resumes; another one in the same directory has another.
    run_id: ShortText
    name: ShortText
    task: ShortText | None = None
    model: ShortText | None = None
    notes: LongText | None = None
    #: Words by which runs are found again.
    tags: Annotated[tuple[ShortText, ...], Meta(max_length=MAX_TAGS)] = ()
    status: Status
    #: Why it ended, where that was not by completing.
    message: LongText | None = None
    producer: Producer
    #: Grows whenever the run itself moves: never for a heartbeat or telemetry alone.
    revision: Count
    #: Grows by one at every resume.
    segment: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    started_seconds: UnixSeconds
    #: When the latest of its segments began.
    segment_started_seconds: UnixSeconds | None = None
    #: When this file was written; the producer writes at least every second while it lives.
    heartbeat_seconds: UnixSeconds
    ended_seconds: UnixSeconds | None = None
    #: Time spent training up to the heartbeat, over all segments, without pauses.
    elapsed_seconds: Duration
    #: When the last step was logged in this segment, and the longest wait between two of them: the run's own cadence.
    last_step_seconds: UnixSeconds | None = None
    longest_gap_seconds: Duration | None = None
    #: Time a step takes, validation and checkpoints counted in, forgetting what is long past and what was before a
    #: resume.
    seconds_per_step: Duration | None = None
    step: Count | None = None
    total_steps: Count | None = None
    epoch: Count | None = None
    total_epochs: Count | None = None
    rate: Rate | None = None
    metrics: Annotated[dict[ShortText, Metric], Meta(max_length=MAX_METRICS)] = {}
    goals: Annotated[dict[ShortText, Goal], Meta(max_length=MAX_METRICS)] = {}
    #: The learning rate as it is planned over the whole run: (step, rate) by ascending steps, empty where not known.
    learning_rate_plan: Annotated[tuple[tuple[Count, float], ...], Meta(max_length=MAX_PLANNED)] = ()
    samples: Count = 0
    events: Count = 0
    telemetry: Telemetry | None = None
    #: Processes that train together; this is the state of the first of them.
    world_size: Annotated[int, Meta(ge=1, le=2**20)] | None = None
    lost: Loss | None = None
    #: Whether the run takes requests, and what became of the latest of them.
    allows_control: bool = False
    answers: Annotated[tuple[Answer, ...], Meta(max_length=MAX_ANSWERS)] = ()


class _Versioned(Struct):
    schema_version: int


_decode_version = msgspec.json.Decoder(_Versioned).decode
_decode_state = msgspec.json.Decoder(State).decode
_encode = msgspec.json.Encoder().encode


def encode_state(state: State) -> bytes:
    """`state` as the bytes of `state.json`."""
    return _encode(state) + b"\n"


def decode_state(data: bytes) -> State:
    """The state in the bytes of a `state.json`, of this schema version or an older one.

    Raises:
        NewerSchema: It was written by a later version.
        UnreadableState: It is no valid state; the message says where.
    """
    try:
        version = _decode_version(data).schema_version
        if version <= SCHEMA_VERSION:
            return _decode_state(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnreadableState(f"the state is not valid: {error}") from error
    raise NewerSchema(
        f"the state has schema version {version}, this kan-monitor reads up to {SCHEMA_VERSION}:"
        " upgrade it with pip install -U kan-monitor"
    )


def state_schema() -> dict[str, Any]:
    """The JSON Schema of `state.json`, from the types above."""
    return msgspec.json.schema(State)
