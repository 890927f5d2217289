"""Structured logs: one JSON object a line, or coloured text at a terminal; secrets never get in."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"password|passwd|secret|token|authorization|cookie|api_key|iban", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")
_FEED = re.compile(r"(/feeds/)[^\s/?\"'<>]+")  # the address of a calendar feed is its secret


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank values whose key sounds like a secret, passwords inside URLs, and addresses that are secrets."""
    for key, value in event.items():
        if _SECRET.search(key):
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = _FEED.sub(r"\1…", _URL_PASSWORD.sub(r"\1…@", value))
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]
_AS_TEXT = sys.stderr.isatty() and os.environ.get("BACKSTAY_LOG") != "json"
_RENDER: Any = structlog.dev.ConsoleRenderer() if _AS_TEXT else structlog.processors.JSONRenderer()

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _RENDER,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BACKSTAY_LOG_LEVEL", "WARNING")},
    "loggers": {"backstay": {"level": os.environ.get("BACKSTAY_LOG_LEVEL", "INFO")}},
}
