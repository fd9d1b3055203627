"""What is measured, by OpenTelemetry: instruments, and the spans of pages, jobs and the sources they ask.

Nothing here can say whom anything is about: every function names its attributes, and they are pages, sources,
outcomes, jobs and counts. No path (it holds a patient's handle), no exception's text. Until ``telemetry`` has
started, everything here does nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import metrics, trace
from opentelemetry.context import Context

NAME = "patientoversikt"
# Seconds. A source is cut off after four, a page is final after five.
BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
# The only attributes there are, on metrics and on spans alike.
ATTRIBUTES = frozenset({"source", "outcome", "page", "status", "sink", "job"})

Listener = Callable[[str, str, float], None]

_meter = metrics.get_meter(NAME)
_tracer = trace.get_tracer(NAME)
_bounds = list(BOUNDS_S)
_source_s = _meter.create_histogram(
    "portal.source.duration",
    unit="s",
    description="How long a source took, by how it ended",
    explicit_bucket_boundaries_advisory=_bounds,
)
_source_faults = _meter.create_counter("portal.source.faults", description="Sources that failed, by kind")
_page_s = _meter.create_histogram(
    "portal.page.duration",
    unit="s",
    description="Until a page's first byte, by its name",
    explicit_bucket_boundaries_advisory=_bounds,
)
_refused = _meter.create_counter("portal.overviews.refused", description="Pages refused because all was full")
_job_s = _meter.create_histogram(
    "portal.job.duration",
    unit="s",
    description="How long a job of a worker's took, by how it ended",
    explicit_bucket_boundaries_advisory=_bounds,
)
_sent = _meter.create_counter("portal.jobs.sent", description="Jobs that the clock has sent")
_page: ContextVar[Context | None] = ContextVar("page", default=None)
_listeners: list[Listener] = []

ANSWERED = "answered"


def listen(listener: Listener) -> None:
    """Hear of each answer too: source, outcome, seconds. Must be quick, and raise nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def note_source(source: str, outcome: str, seconds: float) -> None:
    """One question to one source. ``outcome``: ``answered`` or the fault's word."""
    _source_s.record(seconds, {"source": source, "outcome": outcome})
    if outcome != ANSWERED:
        _source_faults.add(1, {"source": source, "outcome": outcome})
    for listener in _listeners:
        listener(source, outcome, seconds)


def note_page(page: str, status: int, seconds: float) -> None:
    """``page``: the name of its route."""
    _page_s.record(seconds, {"page": page, "status": str(status)})


def note_refused() -> None:
    _refused.add(1)


def note_sent(job: str) -> None:
    """``job``: the task's name."""
    _sent.add(1, {"job": job})


def begin_job(job: str) -> Callable[[str], None]:
    """One job, by its task's name; what is returned is called with how it ended. Sources asked until then
    are its children. No id of the job, and nothing of what it was given."""
    begun = time.monotonic()
    span = _tracer.start_span("job", Context(), attributes={"job": job})
    _page.set(trace.set_span_in_context(span))

    def end(outcome: str) -> None:
        span.set_attribute("outcome", outcome)
        span.end()
        _job_s.record(time.monotonic() - begun, {"job": job, "outcome": outcome})
        _page.set(None)

    return end


@contextmanager
def page_span() -> Iterator[trace.Span]:
    """One request. Questions asked while its page streams are its children, though it has ended by then."""
    with _tracer.start_as_current_span("page", record_exception=False, set_status_on_exception=False) as span:
        _page.set(trace.set_span_in_context(span))
        yield span


def name_page(span: trace.Span, page: str, status: int) -> None:
    span.set_attributes({"page": page, "status": str(status)})


@contextmanager
def source_span(source: str) -> Iterator[Callable[[str], None]]:
    """One question to one source; what it is called with is how that ended. Nothing is its child, so that it
    need not be made the current one."""
    span = _tracer.start_span("source", _page.get(), attributes={"source": source})
    try:
        yield lambda outcome: span.set_attribute("outcome", outcome)
    finally:
        span.end()
