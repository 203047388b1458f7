"""Looks into mailboxes in the background. Any number of workers may do this at once; the rows are the timers.

Rule 1: whoever looks has moved `look_at` on before, further than a visit takes: who is killed is taken over from then.
Rule 2: a process looks into one mailbox of a user at a time, so that slow servers of one keep nobody else waiting.
Rule 3: nothing holds a database connection while a mail server is waited for.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import outbound
from accounts.errors import CredentialUnavailableError
from accounts.vault import services as vault
from blocks.adapters.imap import Mailbox as Folder
from blocks.adapters.mail import MailClient
from blocks.base import BlockError
from blocks.ports import MailServer, Security
from executions import failpoints
from executions.attempts.connections import freed
from executions.background import in_every_worker
from executions.mailboxes import receiving
from executions.mailboxes.letters import MAX_BYTES
from executions.mailboxes.models import Arrival, Mailbox

LEASE = timedelta(minutes=2)  # longer than a visit takes
MOST = 20  # mails of one visit
_SOON = timedelta(seconds=2)  # until the next visit for the others
_ROOM = MAX_BYTES + 5_000_000  # bytes of one visit
_WATCHERS = 2  # threads of a process
_USE = "mailbox"  # where the log of a credential's uses has the id of a block
_NOTED_EVERY = timedelta(hours=1)  # there; a visit a minute would bury everything else

_busy: set[UUID] = set()  # users

_CLAIM = """
UPDATE mailboxes_mailbox SET look_at = clock_timestamp() + make_interval(secs => %s)
 WHERE id = (
    SELECT mailbox.id FROM mailboxes_mailbox AS mailbox
      JOIN accounts_user ON accounts_user.id = mailbox.user_id AND accounts_user.is_active
      JOIN graphs_graph AS graph ON graph.id = mailbox.graph_id AND graph.deleted_at IS NULL
     WHERE mailbox.look_at <= clock_timestamp() AND NOT mailbox.is_paused
       AND mailbox.user_id <> ALL(%s)
     ORDER BY mailbox.look_at LIMIT 1 FOR UPDATE OF mailbox SKIP LOCKED)
RETURNING id
"""


def work_off(stopped: threading.Event) -> None:
    """Look into everything that is due."""
    while not stopped.is_set() and (mailbox := _claimed()):
        _busy.add(mailbox.user_id)
        try:
            visit(mailbox)
        finally:
            _busy.discard(mailbox.user_id)


def _claimed() -> Mailbox | None:
    with freed():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [LEASE.total_seconds(), list(_busy)])
            row = cursor.fetchone()
        rows = Mailbox.objects.select_related("user")
        return rows.filter(pk=row[0]).first() if row else None


def visit(mailbox: Mailbox) -> None:
    """Take what is there, and say when to come again."""
    is_more, error = False, ""
    try:
        with MailClient(outbound.sockets()).visit(_server(mailbox), mailbox.folder) as folder:
            is_more = _take_all(mailbox, folder)
    except (BlockError, CredentialUnavailableError) as failure:
        error = str(failure)
    with freed():
        next_look = Now() + (_SOON if is_more else mailbox.pause_between)
        Mailbox.objects.filter(pk=mailbox.pk).update(
            look_at=next_look, looked_at=Now(), error=error
        )


def _server(mailbox: Mailbox) -> MailServer:
    """Where it lies. Raises `CredentialUnavailableError`."""
    if mailbox.credential_id is None:
        raise CredentialUnavailableError(_("This mailbox has no login; choose a credential for it"))
    use = vault.Use(_USE, node_id=str(mailbox.pk), at_most_every=_NOTED_EVERY)
    with freed():
        secret = vault.open_for(mailbox.user_id, mailbox.credential_id, use)
    return MailServer(mailbox.server, mailbox.port, secret, Security(mailbox.encryption))


def _take_all(mailbox: Mailbox, folder: Folder) -> bool:
    """Start a run for each mail, the oldest first; whether there are more."""
    found = sorted(folder.matching(mailbox.query))
    sizes, room = folder.sizes(found[:MOST]), _ROOM
    for uid in found[:MOST]:
        room -= min(sizes.get(uid, 0), MAX_BYTES)
        if room < 0:
            return True
        for arrival in _taken(mailbox, folder, uid, sizes.get(uid, 0)):
            _settle(folder, uid, arrival)
    return len(found) > MOST


def _taken(mailbox: Mailbox, folder: Folder, uid: int, size: int) -> Iterator[Arrival]:
    """What came of a mail; nothing of one that is gone."""
    if size > MAX_BYTES:
        with freed():
            yield receiving.refuse(mailbox, f"The mail has more than {MAX_BYTES:,} bytes")
        return
    for mail in folder.contents([uid]):
        with freed():
            arrival = receiving.take(mailbox, mail)
        yield arrival


def _settle(folder: Folder, uid: int, arrival: Arrival) -> None:
    """Mark a mail on its server, now that what came of it is committed."""
    failpoints.hit("mail.taken")
    folder.mark([uid], "seen", is_set=True)
    failpoints.hit("mail.marked")
    with freed():
        Arrival.objects.filter(pk=arrival.pk).update(is_marked=True)


in_every_worker("mailboxes", work_off, threads=_WATCHERS)
