"""Structured JSON logs with correlation ids and without personal data.

One line is one event: what happened, when, in which process, and for which request. Ids of the
platform may appear; people and secrets may not. Two nets catch what slips through: names of keys whose
value is never shown, and shapes of text that are replaced wherever they stand.

Guaranteed:
- the logs of libraries pass the same nets as our own;
- tracebacks show no local variables, and no DETAIL of the database, which would quote row values.
"""

import contextlib
import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, Final, TextIO
from uuid import UUID

import structlog

REDACTED: Final = "[redacted]"

# A key is hidden when one of these is a word of it: `bank_account_name`, `user_password`, `api_key`.
_SECRET_WORDS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "address authorization birth born cookie credential dsn email iban key keys mobile name names nic"
        " passport password passwords phone secret secrets signature surname token tokens",
    )
)
# Keys of ours that contain such a word and are harmless.
_HARMLESS_KEYS: Final = frozenset({"key_id", "logger_name", "task_name", "thread_name"})
_SHAPES: Final = (
    (re.compile(r"DETAIL:.*", re.DOTALL), f"DETAIL: {REDACTED}"),
    (re.compile(r"(?<=://)[^\s/@]*:[^\s/@]*@"), f"{REDACTED}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), REDACTED),
    (re.compile(r"(?<![\w+-])\+\d[\d -]{7,14}\d\b"), REDACTED),  # phone in international form
    (re.compile(r"(?<![\w.-])0\d{9}(?![\w-])"), REDACTED),  # phone in Sri Lankan national form
    (re.compile(r"(?<![\w.-])(?:\d{9}[VvXx]|\d{12})(?![\w.-])"), REDACTED),  # national identity numbers
)

_correlation: ContextVar[UUID | None] = ContextVar("correlation", default=None)


def current_correlation() -> UUID | None:
    """Return the id of the request that is being worked on, if any."""
    return _correlation.get()


@contextlib.contextmanager
def correlated(correlation_id: UUID) -> Iterator[None]:
    """Give every log line of the block, and of tasks started in it, this correlation id."""
    token = _correlation.set(correlation_id)
    try:
        yield
    finally:
        _correlation.reset(token)


def redact(value: Any) -> Any:
    """Return `value` with personal data and secrets replaced, at any depth."""
    if isinstance(value, str):
        for pattern, replacement in _SHAPES:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, Mapping):
        return {str(key): REDACTED if _is_secret(str(key)) else redact(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


def _is_secret(key: str) -> bool:
    lowered = key.lower()
    return lowered not in _HARMLESS_KEYS and not _SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", lowered))


def _add_correlation(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    correlation_id = _correlation.get()
    if correlation_id is not None:
        event["correlation_id"] = str(correlation_id)
    return event


def _redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    cleaned: MutableMapping[str, Any] = redact(event)
    return cleaned


def configure_logs(process: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard output), one JSON object a line."""

    def add_process(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    enrich: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_process,
        _add_correlation,
    ]
    structlog.configure(
        processors=[*enrich, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *enrich],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "asyncio", "alembic", "uvicorn.access", "pgqueuer"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
