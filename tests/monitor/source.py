"""The run of F §10.2, which most tests look at."""

from __future__ import annotations

from kan_shared.journal import Sample
from kan_shared.series import Record
from kan_shared.state import Rate, State

from .making import (
    HERE,
    NOW,
    Run,
    ending,
    event,
    falling,
    machine_with,
    rtx_4090,
    series_of,
    summaries,
    warmed_up_cosine,
)


def _source_series() -> dict[str, list[Record]]:
    loss = falling(6.9, 1.77, 880, noise=0.16)
    train = series_of(lambda step: 5.31 if step == 1481 else loss(step), range(1, 2401))
    validation = series_of(falling(7.5, 2.05, 880, noise=0.02, seed=3), range(100, 2401, 100))
    validation[20] = validation[20]._replace(value=2.271)
    rates = series_of(warmed_up_cosine(1.186e-3, 240, 4500), range(1, 2401))
    norms = series_of(falling(9.0, 3.1, 300, noise=0.5, seed=5), range(1, 2401))
    return {
        "train/loss": [train[0]._replace(value=6.9), *ending(train, 2.146)[1:]],
        "validation/loss": ending(validation, 2.31),
        "learning_rate": ending(rates, 5.8e-4),
        "gradient_norm": ending(norms, 3.2),
    }


def _source_samples() -> list[Sample]:
    return [
        Sample(
            seconds=NOW - 250 + 18 * number,
            step=171 * number,
            input="fn is_even(n: u32) -> bool { n % 2 == 0 }",
            target="#[test]\nfn test_is_even() {\n    assert!(is_even(2));\n    assert!(!is_even(3));\n}",
            generated="#[test]\nfn test_is_even() {\n    assert!(is_even(2));\n    assert!(is_even(4));\n}",
            match=0.85 * number / 14,
        )
        for number in range(1, 15)
    ]


def source_run() -> Run:
    """The run of F §10.2, with every figure of its picture."""
    series = _source_series()
    state = State(
        run_id="07",
        name="qwen-rust-tests-07",
        task="qlora",
        model="Qwen2.5-Coder-0.5B",
        status="running",
        producer=HERE,
        revision=2400,
        started_seconds=NOW - 252,
        heartbeat_seconds=NOW - 0.3,
        elapsed_seconds=252.1,
        last_step_seconds=NOW - 0.35,
        longest_gap_seconds=1.9,
        seconds_per_step=513.5 / 2100,
        step=2400,
        total_steps=4500,
        epoch=8,
        total_epochs=15,
        rate=Rate(unit="tokens", per_second=1420.4),
        metrics=summaries(series),
        telemetry=machine_with(rtx_4090()),
    )
    events = [
        event("epoch", "5 done, validation 2.58", ago=160, step=1500),
        event("checkpoint", "step-1500", ago=120, step=1500),
        event("alert", "loss spike 5.31 = 2.6× its mean at step 1481, back after 3 steps", ago=80, step=1481),
        event("checkpoint", "step-2000", ago=42, step=2000),
        event("best", "step-2100, validation 2.271", ago=31, step=2100),
    ]
    return Run(state=state, series=series, events=events, samples=_source_samples())
