"""The JSON format: one object a line, the field names of F §10.9.3, and what the dashboard has beyond them.

ASCII only, so that nothing in it can reach a terminal's ear; non-finite numbers are the strings that the state uses
too.
"""

from __future__ import annotations

from typing import Any

from kan_monitor.alerts.fields import alert_fields
from kan_monitor.dashboard import Dashboard, Figure
from kan_monitor.headless.hardware_json import hardware_fields
from kan_monitor.headless.hardware_json import value as _value
from kan_monitor.headless.network_format import network_fields


def json_line(dashboard: Dashboard, before: Dashboard | None = None) -> str:  # noqa: ARG001  # every line is whole
    """The dashboard as one line of JSON, ended by a newline; it does not depend on what was printed `before`."""
    import json  # here, since the text format starts sooner without it

    return json.dumps(_fields(dashboard), ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


def _fields(dashboard: Dashboard) -> dict[str, Any]:
    header, loss, progress = dashboard.header, dashboard.loss, dashboard.progress
    per_second = {progress.throughput.unit: _value(progress.throughput)}
    return {
        "timestamp_ms": round(dashboard.now * 1000),
        "name": header.name,
        "status": header.badge.word.capitalize(),
        "detail": header.badge.detail,
        "epoch": _value(progress.epoch.figure),
        "total_epochs": _value(progress.epoch.whole),
        "step": _value(progress.step.figure),
        "total_steps": _value(progress.step.whole),
        "progress_percent": _value(progress.step.share if progress.step.share.known else progress.epoch.share),
        "judged_by": loss.series,
        "loss": _value(loss.train),
        "loss_trend": loss.trend.word,
        "loss_change_percent": _value(loss.change),
        "validation_loss": _value(loss.validation),
        "best_loss": _value(loss.best),
        "best_step": _value(loss.best_step),
        "learning_rate": _value(progress.learning_rate),
        "gradient_norm": _value(progress.gradient_norm),
        "gradient_health": progress.gradient_norm.word or None,
        "tokens_per_second": per_second.get("tok/s"),
        "samples_per_second": per_second.get("samples/s"),
        "steps_per_second": _value(progress.steps_per_second),
        "elapsed_seconds": _rounded(header.elapsed),
        "eta_seconds": _rounded(header.eta),
        "eta_low_seconds": _rounded(header.eta_low),
        "eta_high_seconds": _rounded(header.eta_high),
        "finish": header.finish_time or None,
        "metrics": {metric.name: _value(metric.figure) for metric in progress.metrics},
        "best_metrics": {metric.name: _value(metric.best) for metric in progress.metrics if metric.best.known},
        **hardware_fields(dashboard.hardware),
        "network": network_fields(dashboard.network),
        "sample": _sample(dashboard),
        "samples": dashboard.sample_count,
        "events": dashboard.event_count,
        "last_event": _last_event(dashboard),
        "alerts": [alert_fields(alert) for alert in dashboard.alerts],
        "failed_on": dashboard.failure or None,
        "problem": dashboard.status.problem or None,
        "lost": dashboard.status.lost or None,
    }


def _sample(dashboard: Dashboard) -> dict[str, Any] | None:
    sample = dashboard.sample
    if sample is None:
        return None
    return {
        "step": _value(sample.step),
        "input": sample.input,
        "target": sample.target,
        "generated": sample.generated,
        "match_percent": _value(sample.match.figure),
    }


def _last_event(dashboard: Dashboard) -> dict[str, Any] | None:
    if not dashboard.events:
        return None
    event = dashboard.events[0]
    return {"time": event.time, "step": event.step, "text": event.text}


def _rounded(figure: Figure) -> int | None:
    return None if figure.value is None else int(figure.value)
