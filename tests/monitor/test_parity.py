"""MON-20: whatever figure the screen shows, both headless formats have too, with the same digits (F §10.9.4)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_monitor.text import count, duration, gigabytes, number, percent, rate
from kan_shared.numbers import from_wire

from .looking import Look

CASES_WITH_FIGURES = ("running", "no-gpu", "nan-loss", "two-gpus", "very-long", "diverging", "hostile", "complete")


@pytest.fixture(params=CASES_WITH_FIGURES)
def seen(request: pytest.FixtureRequest, look_once) -> Look:
    return look_once(request.param)


@pytest.fixture
def fields(seen) -> dict[str, Any]:
    return json.loads(json_line(seen.dashboard))


def figures_of(seen: Look) -> dict[str, str]:
    """What each figure of the screen is written as; how fresh the screen itself is, is the screen's own business."""
    header, loss, progress = seen.dashboard.header, seen.dashboard.loss, seen.dashboard.progress
    shown = {
        "elapsed": header.elapsed,
        "eta": header.eta,
        "train": loss.train,
        "change": loss.change,
        "validation": loss.validation,
        "best": loss.best,
        "best step": loss.best_step,
        **gauge("epoch", progress.epoch),
        **gauge("step", progress.step),
        "learning rate": progress.learning_rate,
        "gradient": progress.gradient_norm,
        "throughput": progress.throughput,
        **{f"metric {own.name}": own.figure for own in progress.metrics},
        **{f"best {own.name}": own.best for own in progress.metrics},
        **gauge("cpu", seen.dashboard.hardware.cpu),
        **gauge("ram", seen.dashboard.hardware.memory),
    }
    for gpu in seen.dashboard.hardware.gpus:
        for name in ("utilization", "memory", "temperature", "power"):
            shown |= gauge(f"{name} of GPU {gpu.index}", getattr(gpu, name))
    if sample := seen.dashboard.sample:
        shown |= {"sample's step": sample.step, "match": sample.match.figure}
    return {name: figure.text for name, figure in shown.items() if figure.known}


def gauge(name: str, shown: Gauge) -> dict[str, Figure]:
    return {name: shown.figure, f"whole {name}": shown.whole}


def stands_in(text: str, lines: str) -> bool:
    """Whether a figure stands there by itself, not as a part of another one."""
    return re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.]\d)", lines) is not None


def test_the_text_format_has_every_figure(seen):
    lines = text_lines(seen.dashboard)
    missing = {name: text for name, text in figures_of(seen).items() if not stands_in(text, lines)}
    assert not missing


def test_the_screen_has_every_figure(seen):
    """The widest screen, at least, so that parity is not had by showing nothing."""
    frame = seen.text(300, 90)
    missing = {name: text for name, text in figures_of(seen).items() if not stands_in(text, frame)}
    if len(seen.dashboard.hardware.gpus) > 1:  # a line each has no room for the limits
        missing = {name: text for name, text in missing.items() if not re.match("whole (power|temperature)", name)}
    assert not missing


def test_the_json_format_has_every_figure(seen, fields):
    """Its values, written as the screen writes them."""

    def written(write: Any, value: Any, *arguments: Any) -> str:
        return write(from_wire(value) if isinstance(value, str) else value, *arguments)

    gib, gpus = 2**30, fields["gpus"]
    throughput = next((fields[f"{unit}_per_second"] for unit in ("tokens", "samples", "steps")
                       if fields[f"{unit}_per_second"] is not None), None)  # fmt: skip
    change = fields["loss_change_percent"]
    shown = {
        "elapsed": duration(fields["elapsed_seconds"]),
        "eta": duration(fields["eta_seconds"]),
        "train": written(number, fields["loss"]),
        "change": ("+" if change and change >= 0 else "") + percent(change, 1),
        "validation": written(number, fields["validation_loss"]),
        "best": written(number, fields["best_loss"]),
        "best step": count(fields["best_step"]),
        "epoch": count(fields["epoch"]),
        "whole epoch": count(fields["total_epochs"]),
        "step": count(fields["step"]),
        "whole step": count(fields["total_steps"]),
        "learning rate": written(number, fields["learning_rate"]),
        "gradient": written(number, fields["gradient_norm"], 3),
        "throughput": rate(throughput),
        **{f"metric {name}": written(number, value) for name, value in fields["metrics"].items()},
        **{f"best {name}": written(number, value) for name, value in fields["best_metrics"].items()},
        "cpu": percent(fields["host"]["cpu_percent"]),
        "ram": gigabytes(round(fields["host"]["memory_used_gb"] * gib)),
        "whole ram": gigabytes(round(fields["host"]["memory_total_gb"] * gib)),
    }
    for gpu in gpus:
        of = f"of GPU {gpu['index']}"
        shown |= {
            f"utilization {of}": percent(gpu["utilization_percent"]),
            f"memory {of}": gigabytes(round(gpu["vram_used_gb"] * gib)),
            f"whole memory {of}": gigabytes(round(gpu["vram_total_gb"] * gib)),
            f"temperature {of}": percent(gpu["temperature_celsius"]),
            f"whole temperature {of}": percent(gpu["throttle_celsius"]),
            f"power {of}": percent(gpu["power_watts"]),
            f"whole power {of}": percent(gpu["power_limit_watts"]),
        }
    if sample := fields["sample"]:
        shown |= {"sample's step": count(sample["step"]), "match": percent(sample["match_percent"])}
    expected = figures_of(seen)
    assert {name: shown[name] for name in expected} == expected


def test_the_words_are_the_same(seen, fields):
    dashboard, lines = seen.dashboard, text_lines(seen.dashboard)
    assert fields["status"].lower() == dashboard.header.badge.word
    assert fields["detail"] == dashboard.header.badge.detail
    assert fields["loss_trend"] == dashboard.loss.trend.word
    assert dashboard.loss.trend.mark in lines
    if dashboard.header.badge.word != "running":
        assert f"{fields['status']}" in lines
    if dashboard.progress.gradient_norm.severity in ("warn", "bad", "info"):
        assert fields["gradient_health"] in lines
    for event in dashboard.events[:5]:
        assert event.text in lines


class TestTheFormatsOfTheSpecification:
    """F §10.9.3, to the letter where it gives one."""

    def test_json_has_its_field_names(self, look_once):
        fields = json.loads(json_line(look_once("running").dashboard))
        assert {
            "timestamp_ms", "epoch", "total_epochs", "step", "loss", "loss_trend", "learning_rate", "gradient_norm",
            "tokens_per_second", "eta_seconds", "gpu", "status",
        } <= fields.keys()  # fmt: skip
        assert {
            "device_name", "utilization_percent", "vram_used_gb", "vram_total_gb", "temperature_celsius",
            "power_watts", "power_limit_watts",
        } <= fields["gpu"].keys()  # fmt: skip
        assert fields["status"] == "Running"

    def test_text_has_its_lines(self, look_once):
        progress, gpu, *_ = text_lines(look_once("running").dashboard).splitlines()
        assert re.match(r"\[00:04:12\] Epoch 8/15 \| Step 2 400/4 500 \([\d.]+%\) \| Loss: 2\.146 ↓ ", progress)
        for part in ("LR: 5.80e-4", "Grad: 3.20", "1 420 tok/s", "ETA: 00:08:33 (00:03:40–00:08:33)"):
            assert part in progress.split(" | ")[3:] or f"{part} ↓" in progress.split(" | ")
        assert gpu.startswith(
            " " * 11 + "GPU: NVIDIA GeForce RTX 4090 | Util: 78% | VRAM: 9.2/24.0GB (38%) | Temp: 67°C"
        )
        assert gpu.endswith("Power: 285W/450W")

    def test_json_is_one_line_of_ascii_in_every_state(self, case, look_once):
        line = json_line(look_once(case).dashboard)
        assert line.isascii()
        assert line.endswith("}\n")
        assert line.count("\n") == 1
        json.loads(line, parse_constant=pytest.fail)  # NaN is no JSON

    def test_text_is_printable_in_every_state(self, case, look_once):
        assert all(line.isprintable() for line in text_lines(look_once(case).dashboard).splitlines())

    def test_not_finite_is_a_string_and_unknown_is_null(self, look_once):
        fields = json.loads(json_line(look_once("nan-loss").dashboard))
        assert (fields["loss"], fields["gradient_norm"], fields["tokens_per_second"]) == ("NaN", "Infinity", None)

    def test_text_says_only_what_is_new(self, look_once):
        seen = look_once("running").dashboard
        again = text_lines(seen, seen)
        assert "Sample" not in again
        assert "checkpoint" not in again
        assert "Loss: 2.146" in again
