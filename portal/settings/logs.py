"""Logs as one JSON object a line on stderr. Request bodies, query strings and exception texts stay out:
each can carry a patient. What failed and where is kept: type, file, line, function."""

import json
import logging
import sys
import traceback
from types import TracebackType
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def describe_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace exception info by its types and places, without messages and local values."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        event["exception"] = describe_chain(cast(ExceptionInfo, info)[1])
    return event


def describe_chain(error: BaseException) -> list[dict[str, Any]]:
    """The error and what it came from, outermost first."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"type": f"{type(current).__module__}.{type(current).__qualname__}", "at": places})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


# What some readers of logs take for the end of a line, or for a terminal's command, though JSON does not.
_ENDS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}


def one_line(event: Any, **options: Any) -> str:
    """One event as JSON on one line, whatever somebody typed into it."""
    return json.dumps(event, ensure_ascii=False, **options).translate(_ENDS)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    describe_exception,
]
# One list for the whole process: a logger keeps the one it first met, however often logging is configured.
_CHAIN: list[Processor] = [*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


_as_json = structlog.processors.JSONRenderer(one_line)


class OneLine(structlog.stdlib.ProcessorFormatter):
    """Our own lines go straight to JSON: all that can be said of them has been by then. What comes from
    others' loggers goes the long way. A record is written for every question to a source."""

    def format(self, record: logging.LogRecord) -> str:
        if type(record.msg) is dict and hasattr(record, "_logger"):
            return str(_as_json(None, "", record.msg))
        return super().format(record)


def configure_logs(level: str) -> dict[str, Any]:
    """Send structlog through the standard library, and return the dictConfig for Django's LOGGING."""
    structlog.configure(
        processors=_CHAIN,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": OneLine,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _as_json,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers print to the console and mail reports with request data.
            "django": {"handlers": [], "level": level, "propagate": True},
            # A refused or unknown page is no fault of the server; what was asked is in the access log.
            "django.request": {"level": "ERROR"},
            # Each task would say three times that it is well, and the log is sealed every second.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }
