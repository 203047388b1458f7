"""Log lines: text for people or JSON for programs. Each names its request, run, node and user, and stays one line."""

import logging
from collections.abc import MutableMapping
from typing import Any

from structlog.contextvars import merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

Entry = MutableMapping[str, Any]

IDS = ("request_id", "execution_id", "node_execution_id", "user_id")
_OPENING = {"token", "key", "uidb36"}  # parts of addresses, as routes call them
_ESCAPES = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}
_IN_MESSAGES = {**_ESCAPES, 10: "\\n"}


class WithoutTokens(logging.Filter):
    """For Django's lines about refused requests, which name the address: in some, a part opens something."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave those parts out."""
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        parts = match.kwargs if match else {}
        for name in _OPENING & set(parts):
            secret = str(parts[name])
            given = record.args if isinstance(record.args, tuple) else ()
            record.args = tuple(
                each.replace(secret, f"<{name}>") if isinstance(each, str) else each
                for each in given
            )
        return True


def formatter(style: str) -> ProcessorFormatter:
    """What makes lines of log records: `text` or `json`. Raises `KeyError` for anything else."""
    renders: dict[str, list[Processor]] = {
        "text": [format_exc_info, _as_text],
        "json": [TimeStamper(fmt="iso"), format_exc_info, JSONRenderer(sort_keys=True)],
    }
    return ProcessorFormatter(
        processors=[ProcessorFormatter.remove_processors_meta, *renders[style]],
        foreign_pre_chain=[merge_contextvars, _of_request, add_log_level, add_logger_name],
    )


def _of_request(logger: object, method: str, entry: Entry) -> Entry:
    """Django tells of refused requests when they are over; the record names the request then."""
    meta = getattr(getattr(entry["_record"], "request", None), "META", {})
    if "REQUEST_ID" in meta:
        entry.setdefault("request_id", meta["REQUEST_ID"])
    return entry


def _as_text(logger: object, method: str, entry: Entry) -> str:
    """Control characters are escaped; only a stack trace, which may quote what a user has written, has more lines."""
    ids = " ".join(f"{name}={entry[name]}" for name in IDS if name in entry)
    place = f"{entry['logger']} [{ids}]" if ids else entry["logger"]
    line = f"{entry['level'].upper()} {place}: {entry['event']}".translate(_IN_MESSAGES)
    trace = entry.get("exception")
    return f"{line}\n{trace.translate(_ESCAPES)}" if trace else line
