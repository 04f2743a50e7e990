"""How long work tells what it has done, without knowing who watches.

A job takes a `Report` and calls it now and then from its own loop. The command line passes one that
draws a bar, the window one that fills a job's row, tests one that records. To cancel a job, the report
raises `CancelledError`; the job must leave nothing half-written behind when that passes through it.
"""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[float, str], None]
"""`report(fraction, text)`: fraction of the work done, 0 to 1, and what is being done, in a few words."""


def silent(fraction: float, text: str) -> None:
    """Tell nobody."""


def sub_report(report: Report, start: float, stop: float) -> Report:
    """Return a report for one stage of a job, its 0..1 mapped to start..stop of the whole."""

    def report_part(fraction: float, text: str) -> None:
        report(start + (stop - start) * fraction, text)

    return report_part
