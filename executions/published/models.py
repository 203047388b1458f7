"""Published pages, and the runs that visitors have started on them."""

import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from executions.models import Execution
from executions.triggers.models import OwnedQuerySet, Trigger

DAY = timedelta(days=1)
MOST_CREDITS = 1_000_000_000  # in a day


def new_token() -> str:
    """The part of an address that nobody can guess."""
    return secrets.token_urlsafe(24)


class PublishedPageQuerySet(OwnedQuerySet["PublishedPage"]):
    """Reads of published pages."""

    def open(self) -> Self:
        """Those of graphs and users that are there."""
        there = self.filter(user__is_active=True, graph__deleted_at=None)
        return there.select_related("user", "graph")


class PublishedPage(Trigger):
    """A form or a chat that runs a graph. What its runs cost is paid by its owner, up to `daily_credits` in any 24 hours.

    `inputs` are the same for every run, and not asked for.
    """

    class Kind(models.TextChoices):
        """What visitors see."""

        FORM = "form", _("A form")
        CHAT = "chat", _("A chat")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FORM)
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    description = models.CharField(_("description"), max_length=1000, blank=True)
    is_public = models.BooleanField(_("open to everybody who knows the address"), default=False)
    daily_credits = models.PositiveIntegerField(_("credits in 24 hours"), default=100)

    objects = PublishedPageQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "-created_at", "-id"], name="page_by_user"),)


class PageRunQuerySet(models.QuerySet["PageRun"]):
    """Reads of what visitors have started."""

    def of_visitor(self, page: PublishedPage, visitor: str) -> Self:
        """What one visitor has started on a page, oldest first."""
        found = self.filter(page=page, visitor=visitor).select_related("execution")
        return found.order_by("created_at", "pk")

    def open_on(self, page: PublishedPage) -> int:
        """How many runs of a page go on."""
        return self.filter(page=page, execution__ended_at=None).count()

    def spent_on(self, page: PublishedPage) -> int:
        """Credits that the runs of the last 24 hours have cost, and that those which go on will cost at least."""
        cost, planned = F("execution__cost"), F("execution__planned_cost")
        counted = Case(When(execution__ended_at=None, then=Greatest(cost, planned)), default=cost)
        recent = self.filter(page=page, created_at__gt=Now() - DAY)
        return int(recent.aggregate(total=Sum(counted))["total"] or 0)


class PageRun(models.Model):
    """A run that a visitor has started; `visitor` is known to their browser session alone."""

    id = models.BigAutoField(primary_key=True)
    page = models.ForeignKey(PublishedPage, on_delete=models.CASCADE, related_name="runs")
    execution = models.OneToOneField(
        Execution, on_delete=models.CASCADE, related_name="published_run"
    )
    visitor = models.CharField(max_length=43)
    message = models.TextField(_("message"), blank=True)  # of a chat
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PageRunQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(visitor=""), name="run_has_a_visitor"),)
        indexes = (
            models.Index(fields=["page", "visitor", "created_at"], name="run_by_visitor"),
            models.Index(fields=["page", "created_at"], name="run_by_page"),
        )

    def __str__(self) -> str:
        return f"{self.execution_id} on {self.page_id}"
