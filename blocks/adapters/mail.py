"""Mail servers: handing over mails by SMTP, and the client that blocks get."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from blocks.adapters.imap import Mailbox
from blocks.adapters.network import never
from blocks.adapters.sockets import GuardedSockets, LimitedReader, Service, Watch, unreachable
from blocks.base import BlockError
from blocks.ports import FoundMail, MailQuery, MailServer, Security

MAX_MAIL_BYTES = 10_000_000

_TLS_PORTS = frozenset({465, 993})
_STEP_SECONDS = 20.0  # of waiting for one answer
_MAX_REPLY_BYTES = 1_000_000
_MAX_REASON = 200
_READY = 220


class MailClient:
    """Implements the `Mail` port for one attempt."""

    def __init__(
        self,
        sockets: GuardedSockets,
        is_cancelled: Callable[[], bool] = never,
        *,
        seconds: float = 50.0,
    ) -> None:
        self._sockets = sockets
        self._is_cancelled = is_cancelled
        self._seconds = seconds

    def send(
        self, server: MailServer, sender: str, recipients: Sequence[str], message: bytes
    ) -> list[str]:
        """Hand over a mail; returns the recipients that were refused. Raises `BlockError`."""
        if len(message) > MAX_MAIL_BYTES:
            raise BlockError("A mail may have 10 MB at most.", code="too_large")
        service = Service("smtp", server.host, server.port)
        values = server.credential.values
        with (
            self._connected(service, server) as (connection, wants_starttls),
            closing(_Smtp(service.host, connection)) as smtp,
        ):
            smtp.meet()
            if wants_starttls:
                smtp.starttls(context=self._sockets.tls)
            smtp.login(values["username"], values["password"])
            refused = smtp.sendmail(sender, list(recipients), message)
            smtp.leave()
        return list(refused)

    def find(
        self, server: MailServer, folder: str, query: MailQuery, limit: int
    ) -> list[FoundMail]:
        """The newest mails, newest first. Raises `BlockError`."""
        with self._mailbox(server) as mailbox:
            mailbox.open_folder(folder, is_read_only=True)
            return mailbox.contents(mailbox.matching(query)[:limit])

    def mark(
        self, server: MailServer, folder: str, uids: Sequence[int], flag: str, *, is_set: bool
    ) -> None:
        """Set or remove a flag. Raises `BlockError`."""
        with self.visit(server, folder) as mailbox:
            mailbox.mark(uids, flag, is_set=is_set)

    @contextmanager
    def visit(self, server: MailServer, folder: str) -> Iterator[Mailbox]:
        """A folder that is open for as long as this lasts. Raises `BlockError`, also for what is done inside."""
        with self._mailbox(server) as mailbox:
            mailbox.open_folder(folder, is_read_only=False)
            yield mailbox

    @contextmanager
    def _mailbox(self, server: MailServer) -> Iterator[Mailbox]:
        service = Service("imap", server.host, server.port)
        values = server.credential.values
        with (
            self._connected(service, server) as (connection, wants_starttls),
            ExitStack() as afterwards,
        ):
            mailbox = Mailbox(service.host, connection)
            afterwards.callback(mailbox.shutdown)
            if wants_starttls:
                mailbox.encrypt(self._sockets.tls)
            mailbox.enter(values["username"], values["password"])
            yield mailbox
            mailbox.leave()

    @contextmanager
    def _connected(
        self, service: Service, server: MailServer
    ) -> Iterator[tuple[socket.socket, bool]]:
        """A connection, and whether STARTTLS is still to come. What fails inside becomes a sentence."""
        is_tls = server.security is Security.TLS or (
            server.security is Security.AUTO and service.port in _TLS_PORTS
        )
        is_plain = server.security is Security.NONE
        if is_plain and not self._sockets.is_exempt(service):
            raise BlockError(
                "Passwords are sent encrypted only; use tls or starttls.", code="not_encrypted"
            )
        with (
            self._sockets.connect(service, server.credential, _STEP_SECONDS) as connection,
            Watch(connection.fileno(), self._seconds, self._is_cancelled) as watch,
            _failures(service, watch),
        ):
            if not is_tls:
                yield connection, not is_plain
                return
            with self._sockets.tls.wrap_socket(connection, server_hostname=service.host) as safe:
                yield safe, False


class _Smtp(smtplib.SMTP):
    """Speaks SMTP over a connection that is there already, and reads no more than is sensible."""

    def __init__(self, host: str, connection: socket.socket) -> None:
        super().__init__(local_hostname="localhost")
        self._host = host  # whose certificate STARTTLS expects
        self.sock = connection

    def meet(self) -> None:
        """Hear the greeting."""
        code, answer = self.getreply()
        if code != _READY:
            raise smtplib.SMTPConnectError(code, answer)

    def getreply(self) -> tuple[int, bytes]:
        """The next answer."""
        if self.file is None:
            assert self.sock
            self.file = LimitedReader(self.sock.makefile("rb"), _MAX_REPLY_BYTES)
        return super().getreply()

    def leave(self) -> None:
        """Say goodbye; the mail is on its way, whatever the server answers."""
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            return


@contextmanager
def _failures(service: Service, watch: Watch) -> Iterator[None]:
    """Turn what goes wrong into sentences; that the connection was cut explains everything after it."""
    try:
        yield
    except BlockError as error:
        if watch.failure:
            raise watch.failure from error
        raise
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise watch.failure or _sentence(service, error) from error


def _sentence(service: Service, error: Exception) -> BlockError:
    match error:
        case ssl.SSLCertVerificationError():
            message = f"No secure connection to {service.host} is possible: {error.verify_message}."
            return BlockError(message, code="unreachable")
        case UnicodeError():
            message = "The user or the password has characters that cannot be sent."
            return BlockError(message, code="mail_auth")
        case smtplib.SMTPException():
            return _smtp_sentence(service, error)
        case _:
            return unreachable(service)


def _smtp_sentence(service: Service, error: smtplib.SMTPException) -> BlockError:
    match error:
        case smtplib.SMTPNotSupportedError():
            return BlockError(f"The mail server cannot do this: {error}", code="mail_refused")
        case smtplib.SMTPAuthenticationError():
            message = "The mail server refused the user or the password."
            return BlockError(message, code="mail_auth")
        case smtplib.SMTPRecipientsRefused():
            return _refusal(*next(iter(error.recipients.values())))
        case smtplib.SMTPResponseException():
            return _refusal(error.smtp_code, error.smtp_error)
        case _:
            return unreachable(service)


def _refusal(code: int, reason: bytes | str) -> BlockError:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    words = " ".join(text.split())[:_MAX_REASON]
    return BlockError(
        f"The mail server refused it with {code}: {words}",
        code="mail_refused",
        retryable=400 <= code < 500,
    )
