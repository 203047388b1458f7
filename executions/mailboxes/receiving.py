"""Starts runs by mails that were found.

Rule 1: the row that remembers a mail, the run that it starts and the files that came with it are one transaction; only
then is the mail marked as read on its server. A kill in between has it found again, and known.
Rule 2: of several who find the same mail, one starts the run; the others wait for its commit, and see that it is known.
Rule 3: what is refused is told in the history and marked, too, so that it keeps nothing else waiting. It is not
remembered: whoever marks it as unread has it tried again.
"""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.errors import InsufficientCreditsError
from blocks.base import BlockError
from blocks.ports import FoundMail
from executions import failpoints, plans, services
from executions.errors import NotActiveError, StorageError
from executions.files import services as files
from executions.mailboxes import letters
from executions.mailboxes.letters import Letter
from executions.mailboxes.models import Arrival, Mailbox
from executions.models import Execution, Source
from executions.triggers import keeping
from executions.webhooks import payloads
from graphs.errors import InvalidGraphError

_REFUSALS = (
    *(BlockError, NotActiveError, StorageError),
    *(InvalidGraphError, InsufficientCreditsError),
)
Result = Arrival.Result


def take(mailbox: Mailbox, mail: FoundMail) -> Arrival:
    """Start the run of a mail, unless it has been started or is refused; tells what came of it."""
    failpoints.hit("mail.found")
    letter = None
    try:
        letter = letters.read(mail)
        with transaction.atomic():
            return _taken(mailbox, letters.key_of(mail), letter)
    except _REFUSALS as error:
        return refuse(mailbox, str(error), letter)


def refuse(mailbox: Mailbox, error: str, letter: Letter | None = None) -> Arrival:
    """Write down why a mail starts nothing."""
    return Arrival.objects.create(
        mailbox=mailbox,
        key=uuid4().hex,
        result=Result.REFUSED,
        error=error,
        **(_about(letter) if letter else {}),
    )


def _taken(mailbox: Mailbox, key: str, letter: Letter) -> Arrival:
    arrival, is_new = Arrival.objects.get_or_create(
        mailbox=mailbox, key=key, defaults={"result": Result.STARTED, **_about(letter)}
    )
    if is_new:
        arrival.execution = _start(mailbox, letter)
        arrival.save(update_fields=["execution"])
        failpoints.hit("mail.before_commit")
    return arrival


def _start(mailbox: Mailbox, letter: Letter) -> Execution:
    version = keeping.version_of(mailbox, mailbox.version)
    graph = plans.graph_of_version(version.pk)
    execution = services.start_execution(
        version=version,
        user=mailbox.user,
        inputs=payloads.inputs_from(letter.payload(), graph, mailbox.inputs),
        source=Source.MAIL,
        credentials_inputs=mailbox.credentials_inputs,
    )
    for id_, file in letter.files.items():
        files.keep(
            mailbox.user_id,
            ContentFile(file.content),
            name=file.name,
            content_type=file.content_type,
            execution_id=execution.pk,
            id=id_,
        )
    return execution


def _about(letter: Letter) -> dict[str, str]:
    facts = letter.facts
    return {"sender": facts["from"][:200], "subject": facts["subject"][:200]}


def forget_old() -> None:
    """Drop the history that is older than `HISTORY_DAYS`; what its server still shows as unread stays known."""
    oldest = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
    Arrival.objects.filter(received_at__lt=oldest, is_marked=True).delete()
