"""Small SMTP and IMAP servers on this machine, and one that says whatever a test wants."""

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOGIN = ("ada@example.com", 'pass "word"\\')


class Talk:
    """One connection of a server: lines in, lines out."""

    def __init__(self, server, connection):
        self.server = server
        self._use(connection)

    def _use(self, connection):
        self.connection = connection
        self.lines = connection.makefile("rb")

    def say(self, text):
        data = text if isinstance(text, bytes) else text.encode() + b"\r\n"
        self.connection.sendall(data)

    def hear(self):
        return self.lines.readline().rstrip(b"\r\n").decode()

    def encrypt(self):
        self.lines.close()
        self._use(self.server.tls.wrap_socket(self.connection, server_side=True))

    def close(self):
        self.lines.close()
        self.connection.close()


class Server:
    """Serves each connection with `talk` in a thread; `heard` is what came, `tls` how it encrypts."""

    def __init__(self, talk: Callable[[Talk], None], tls=None, is_tls_at_once=False):
        self.heard: list[str] = []
        self.mails: list[bytes] = []
        self.seen: set[int] = set()
        self.holds_marks = False  # until its end
        self.over = threading.Event()
        self.tls = tls
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                connection = Talk(outer, self.request)
                try:
                    if is_tls_at_once:
                        connection.encrypt()
                    talk(connection)
                except (OSError, ValueError):
                    pass  # the client hung up, as some tests want
                finally:
                    connection.close()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(talk, **options) -> Iterator[Server]:
    server = Server(talk, **options)
    try:
        yield server
    finally:
        server.close()


def speak_smtp(talk: Talk) -> None:
    """Takes mails of whoever logs in; refuses receivers whose name is `nobody`."""
    talk.say("220 mail.test")
    while line := talk.hear():
        talk.server.heard.append(line)
        word = line.split(" ")[0].upper()
        if word == "EHLO":
            talk.say("250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
        elif word == "STARTTLS":
            talk.say("220 go on")
            talk.encrypt()
        elif word == "AUTH":
            talk.say("235 welcome" if line.endswith(_plain(*LOGIN)) else "535 no")
        elif word == "RCPT" and "nobody" in line:
            talk.say("550 who is that")
        elif word == "DATA":
            talk.say("354 go on")
            lines = list(iter(talk.hear, "."))
            talk.server.mails.append("\n".join(lines).encode())
            talk.say("250 taken")
        elif word == "QUIT":
            talk.say("221 bye")
            return
        else:
            talk.say("250 fine")


def _plain(user, password):
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def speak_imap(talk: Talk) -> None:
    """A folder with `server.mails`, whose ids count from one."""
    server = talk.server
    talk.say("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready")
    while line := talk.hear():
        while found := re.search(r"\{(\d+)\}$", line):
            talk.say("+ go on")
            line = line[: found.start()] + repr(talk.lines.read(int(found[1])).decode())
            line += talk.hear()
        server.heard.append(line.partition(" ")[2])
        tag, word, *rest = line.split(" ", 2)
        answer = _imap_answer(server, word.upper(), rest[0] if rest else "")
        for part in answer[:-1]:
            talk.say(part)
        talk.say(f"{tag} {answer[-1]}")
        if word == "STARTTLS":
            talk.encrypt()
        if word == "LOGOUT":
            return


def _imap_answer(server, word, rest):
    uids = range(1, len(server.mails) + 1)
    answer = ["OK done"]
    if word == "CAPABILITY":
        answer.insert(0, "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN")
    elif word == "LOGIN" and not rest.endswith('"pass \\"word\\"\\\\"'):
        answer = ["NO wrong"]
    elif word in {"SELECT", "EXAMINE"}:
        answer = ["NO no such folder"] if "Nowhere" in rest else [f"* {len(uids)} EXISTS", "OK in"]
    elif rest.startswith("SEARCH"):
        found = [uid for uid in uids if uid not in server.seen or "UNSEEN" not in rest]
        answer.insert(0, f"* SEARCH {' '.join(map(str, found))}")
    elif rest.startswith("FETCH"):
        wanted = [int(uid) for uid in rest.split(" ")[1].split(",")]
        fetched = _sized if "RFC822.SIZE" in rest else _fetched
        answer = [*(fetched(server, uid) for uid in wanted if uid in uids), "OK done"]
    elif rest.startswith("STORE") and server.holds_marks:
        server.over.wait()
    elif rest.startswith("STORE"):
        server.seen |= {int(uid) for uid in rest.split(" ")[1].split(",")}
    return answer


def _sized(server, uid):
    return f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(server.mails[uid - 1])})"


def _fetched(server, uid):
    mail = server.mails[uid - 1]
    flags = r"\Seen" if uid in server.seen else ""
    head = f"* {uid} FETCH (UID {uid} FLAGS ({flags}) BODY[] {{{len(mail)}}}\r\n"
    return head.encode() + mail + b")\r\n"


def make_certificate(folder) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """How a server with a certificate for 127.0.0.1 encrypts, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "mail.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "mail.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
