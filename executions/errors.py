"""What can go wrong with runs."""


class ExecutionError(Exception):
    """Base of the errors of this app; the message is a sentence for the user."""


class NotActiveError(ExecutionError):
    """The graph has no version that could run."""


class StillRunningError(ExecutionError):
    """The run must end before this can be done."""


class NotRecordableError(ExecutionError):
    """This can be no test case, or no data to evaluate a version with."""


class UnknownNameError(ExecutionError):
    """A test case or data set names an input or output that the graph does not have."""


class NotReplayableError(ExecutionError):
    """The run cannot be replayed from this node."""


class NotWaitingError(ExecutionError):
    """An answer came for a node that does not wait for one."""


class WatchError(ExecutionError):
    """A WebSocket message asks for something that cannot be."""


class StorageError(ExecutionError):
    """A file cannot be kept, or read; base of the reasons."""


class FileTooLargeError(StorageError):
    """A file is larger than one may be."""


class StorageQuotaError(StorageError):
    """A user, or a run, has no room for the file."""


class NameTakenError(ExecutionError):
    """There is another collection of this name."""


class KnowledgeLimitError(ExecutionError):
    """There may be no more collections, or documents in one."""


class TooManyEndpointsError(ExecutionError):
    """Somebody has as many endpoints as one may have."""


class StorageFullError(StorageError):
    """The disk is full."""


class StorageAwayError(StorageError):
    """The place where files are kept does not answer, or refuses; later it may."""


class InvalidKeyError(ExecutionError):
    """An idempotency key cannot be one."""


class KeyReusedError(ExecutionError):
    """An idempotency key comes again with another request."""


class TimingError(ExecutionError):
    """No schedule can be made of this; `field` says what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
