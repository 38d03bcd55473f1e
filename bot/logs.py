"""Structured logs: an action word and fields; never message text, names or answers."""

from __future__ import annotations

import logging
import sys

import structlog

# Below WARNING these write message text, requests and replies, whatever level their own loggers were given.
_TALKATIVE = (
    "slack_sdk",
    "slack_bolt",
    "aiohttp",
    "apscheduler",
    "sqlalchemy",
    "aiosqlite",
    "asyncio",
    "alembic",
)
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def _keeps_quiet(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in _TALKATIVE


def set_up_logs(words: str) -> None:
    """Log at the level and in the form that TURNABOUT_LOG names, to standard error.

    Libraries are heard from WARNING on, whatever the level: below it some write what people typed.
    """
    chosen = words.split()
    level = next((_LEVELS[word] for word in chosen if word in _LEVELS), 20)
    renderer: structlog.types.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if "console" in chosen:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_keeps_quiet)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
