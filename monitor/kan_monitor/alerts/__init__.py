"""What is going wrong with a run: rules over facts, each with a verdict, its evidence and what to do next.

The rules are pure and look at one moment; the book remembers what they found from one look to the next.
"""

from __future__ import annotations

from kan_monitor.alerts.book import Alert, AlertBook
from kan_monitor.alerts.finding import KINDS, Finding, Kind

__all__ = ["KINDS", "Alert", "AlertBook", "Finding", "Kind"]
