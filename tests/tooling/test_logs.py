"""Log lines are JSON, and what an exception said stays out of them."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from structlog.testing import capture_logs

from portal.settings.logs import OneLine, configure_logs

SECRET = "191212121212"


@pytest.fixture
def lines():
    """Log to memory in the product's format; hand back what was written."""
    config = configure_logs("INFO")
    stream = io.StringIO()
    config["handlers"]["stderr"]["stream"] = stream
    before = logging.getLogger().handlers[:]
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:] = before


def fail_with_secret() -> None:
    try:
        int(SECRET + "x")
    except ValueError as error:
        raise LookupError(f"no patient {SECRET}") from error


def test_exception_leaves_type_and_place_but_no_words(lines):
    try:
        fail_with_secret()
    except LookupError:
        logging.getLogger("consent").exception("lookup failed")
    (line,) = lines()
    assert [link["type"] for link in line["exception"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert "fail_with_secret" in line["exception"][0]["at"][-1]
    assert SECRET not in json.dumps(line)


def test_line_says_when_where_and_how_bad(lines):
    logging.getLogger("connectors").warning("source %s is slow", 7)
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"]) == ("source 7 is slow", "connectors", "warning")
    assert line["timestamp"].endswith("Z")


def test_refused_and_unknown_pages_do_not_log_their_path(lines):
    logging.getLogger("django.request").warning("Not Found: /patient/%s", SECRET)
    logging.getLogger("uvicorn.access").info("GET /?q=%s", SECRET)
    assert lines() == []


FORGED = 'x\n{"event": "signed_in", "level": "info"}\r\u2028\u2029\x00\x1b[31m'


def test_what_somebody_typed_starts_no_line_of_its_own(lines):
    """Log injection: whatever is logged, one thing that happened is one line."""
    logging.getLogger("portal").warning("refused %s", FORGED)
    structlog.get_logger("portal").warning("refused", name=FORGED, more={"in": [FORGED]})
    found = lines()
    assert [line["logger"] for line in found] == ["portal", "portal"]
    assert (found[1]["event"], found[1]["name"]) == ("refused", FORGED)


def test_a_logger_in_use_follows_when_logging_is_configured_again():
    """Nothing logged gets past whoever listens, as nothing gets past the formatter."""
    in_use = structlog.get_logger("in.use")
    in_use.info("cached now")
    configure_logs("INFO")
    with capture_logs() as heard:
        in_use.info("heard")
    assert [line["event"] for line in heard] == ["heard"]


def test_our_own_lines_are_what_the_long_way_would_have_made_of_them():
    """They are made without it: there is one for every question to a source."""
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, {"event": "asked", "at": "\u2028"}, (), None)
    record._logger, record._name = logging.getLogger("x"), "info"
    options = configure_logs("INFO")["formatters"]["json"]
    formatter = options.pop("()")(**options)
    assert isinstance(formatter, OneLine)
    assert formatter.format(record) == structlog.stdlib.ProcessorFormatter.format(formatter, record)
    foreign = logging.LogRecord("x", logging.INFO, "x.py", 1, {"event": "asked"}, (), None)
    assert json.loads(formatter.format(foreign))["level"] == "info"
