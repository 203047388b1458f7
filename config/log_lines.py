"""Log lines: each says which request it belongs to, and each stays one line whatever a user has written."""

import logging

from accounts.requests import current_request

_ESCAPES = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}
_IN_MESSAGES = {**_ESCAPES, 10: "\\n"}


class WithRequest(logging.Filter):
    """Gives records the id of the request that is being answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        id_ = current_request.get().id
        record.request = f" [{id_}]" if id_ else ""
        return True


class OneLine(logging.Formatter):
    """Escapes control characters; only a stack trace has more lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of the base class
        """The line without its stack trace."""
        return super().formatMessage(record).translate(_IN_MESSAGES)

    def formatException(self, ei) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        """The stack trace, which may quote what a user has written."""
        return super().formatException(ei).translate(_ESCAPES)
