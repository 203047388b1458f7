"""What users are told, how they want to be told, and what is on its way to them."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.vault.models import Sealed
from executions.models import Execution, new_id
from executions.rows.notifications import Event
from graphs.fields import StoredJSONField

EVENTS = [
    (Event.FINISHED.value, _("A run has ended well")),
    (Event.FAILED.value, _("A run has failed")),
    (Event.WAITING.value, _("A run waits for your answer")),
    (Event.SCHEDULE.value, _("A schedule fails")),
    (Event.CREDITS.value, _("Your credits run low")),
    (Event.CREDENTIAL.value, _("A credential has expired")),
]


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Reads of notifications."""

    def owned_by(self, user: User) -> Self:
        """What their page shows them."""
        return self.filter(user=user, on_page=True)

    def unread(self) -> Self:
        """What they have not seen."""
        return self.filter(read_at=None)

    def newest_first(self) -> Self:
        """In the order of lists, with what their texts name."""
        return self.select_related("execution__graph").order_by("-created_at", "-pk")


class Notification(models.Model):
    """That something happened, for one user. Written in the transaction of what it tells; spread afterwards.

    Where it goes is decided once, when it is spread: what nobody wants to be told of is deleted then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    event = models.CharField(_("event"), max_length=30, choices=EVENTS)
    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    key = models.CharField(max_length=200, blank=True, db_default="")
    data = StoredJSONField(default=dict)
    is_spread = models.BooleanField(_("spread"), default=False, db_default=False)
    on_page = models.BooleanField(_("on the page"), default=False, db_default=False)
    for_digest = models.BooleanField(_("waits for a digest"), default=False, db_default=False)
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_default=Now())
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "key"], condition=~Q(key=""), name="one_notification_per_key"
            ),
        )
        indexes = (
            models.Index(fields=["user", "-created_at", "-id"], name="notification_by_user"),
            models.Index(
                fields=["user"], condition=Q(on_page=True, read_at=None), name="notification_unread"
            ),
            models.Index(fields=["id"], condition=Q(is_spread=False), name="notification_new"),
            models.Index(
                fields=["user"], condition=Q(for_digest=True), name="notification_for_digest"
            ),
            models.Index(fields=["created_at"], name="notification_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.created_at:%Y-%m-%d %H:%M:%S}"


class Mail(models.TextChoices):
    """Whether and when something is told by e-mail."""

    NO = "no", _("Not")
    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Once a day, together")


class Preference(models.Model):
    """How a user wants to be told of one event. Where there is no row, `wants.USUAL` counts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(_("event"), max_length=30, choices=EVENTS)
    on_page = models.BooleanField(_("on the page"))
    mail = models.CharField(_("by e-mail"), max_length=10, choices=Mail.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "event"], name="one_preference_per_event"),
        )

    def __str__(self) -> str:
        return self.event


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Reads of endpoints."""

    def owned_by(self, user: User) -> Self:
        """Their own."""
        return self.filter(user=user)

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class Endpoint(Sealed):
    """An address of a user to which notifications are posted, signed as Standard Webhooks has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="endpoints")
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=2_000)
    events = ArrayField(
        models.CharField(max_length=30, choices=EVENTS), verbose_name=_("what it is told of")
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = EndpointQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    """Reads of what is on its way."""

    def owned_by(self, user: User) -> Self:
        """What goes to them."""
        return self.filter(user=user)

    def due(self) -> Self:
        """What may be sent now, by the database's clock. A paused endpoint is not sent to."""
        rows = self.filter(status=Dispatch.Status.QUEUED, due_at__lte=Now())
        return rows.exclude(endpoint__is_paused=True)

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.select_related("endpoint").order_by("-created_at", "-pk")


class Dispatch(models.Model):
    """A mail or a post to an endpoint that is on its way, with its text and what came of each attempt.

    Every attempt says the same with the same id. `due_at` is when the next one may begin; while one goes on that is the
    end of its lease, so that somebody else begins anew when its worker dies.
    """

    class Status(models.TextChoices):
        """How it stands."""

        QUEUED = "queued", _("On its way")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    # None: it goes by e-mail.
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, null=True, blank=True, related_name="dispatches"
    )
    # None: a digest, or a try.
    notification = models.ForeignKey(
        Notification, on_delete=models.SET_NULL, null=True, blank=True, related_name="dispatches"
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fence = models.PositiveIntegerField(default=0, editable=False)  # grows with every claim
    log = StoredJSONField(_("attempts"), default=list)  # [{"at", "status", "error", "seconds"}, …]
    due_at = models.DateTimeField(_("next attempt"), db_default=Now())
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("dispatches")
        indexes = (
            models.Index(fields=["user", "-created_at", "-id"], name="dispatch_by_user"),
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="dispatch_due"),
            models.Index(fields=["created_at"], name="dispatch_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.subject or self.pk} {self.status}"
