"""What operators may do in the admin, and how: looking at everything, changing little."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from accounts import credits
from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import Role, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    PaginatorBase = Paginator[Any]
else:  # generic for the type checker only
    ModelAdmin, PaginatorBase = admin.ModelAdmin, Paginator


_MOST_COUNTED = 10_000  # rows; who looks for one further back uses a filter


class BoundedPaginator(PaginatorBase):
    """Counts no further than anybody turns pages, so that the length of a table does not matter."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most `_MOST_COUNTED`."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:_MOST_COUNTED].count()


class OperatorAdmin(ModelAdmin):
    """Operators see everything and use the actions; only admins change rows by hand."""

    show_full_result_count = False
    list_per_page = 50
    paginator = BoundedPaginator
    # Columns that are searched for a UUID, by their index; `search_fields` compares them as text.
    search_ids: Sequence[str] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only by what is shown: by a filter over a secret one could guess it letter by letter."""
        shown = (*self.list_display, *self.list_filter, *self.search_fields, "pk", "id")
        names = {str(each).strip("=^@").partition("__")[0] for each in shown}
        is_shown = lookup.partition("__")[0] in names
        return is_shown and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows that are meant, and whether any is there twice."""
        try:
            id_ = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        if not self.search_ids:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(reduce(or_, (Q(**{name: id_}) for name in self.search_ids))), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is on the start page."""
        return _is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be looked at."""
        return _is_operator(request)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return _is_operator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether rows may be made by hand."""
        return _is_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be changed by hand."""
        return _is_admin(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be deleted."""
        return _is_admin(request)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note in the audit log, too, who has made it."""
        _note(request, "add", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note in the audit log, too, who has changed which fields."""
        fields = [name for part in message for name in part.get("changed", {}).get("fields", ())]
        _note(request, "change", obj, fields=[str(name) for name in fields])
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Note in the audit log, too, who has deleted them."""
        for obj in queryset:
            _note(request, "delete", obj)
        return super().log_deletions(request, queryset)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *where: Any
    ) -> HttpResponse | None:
        """Note in the audit log who has used an action, and on what."""
        answer = super().response_action(request, queryset, *where)
        if isinstance(answer, TemplateResponse):  # it has only asked something
            return answer
        for target in self._targets(request):
            record(Action.ADMIN, actor=_user(request), target=target, verb=request.POST["action"])
        return answer

    def _targets(self, request: HttpRequest) -> list[str]:
        if request.POST.get("select_across", "0") != "0":
            return [f"{self.opts.label}: all of {request.get_full_path()}"]
        chosen = request.POST.getlist("_selected_action")[: self.list_max_show_all]
        return [f"{self.opts.label} {pk}" for pk in chosen]


class TableAdmin(OperatorAdmin):
    """Rows that operators write by hand, such as prices."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether rows may be added."""
        return self.has_operate_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be changed."""
        return self.has_operate_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be deleted."""
        return self.has_operate_permission(request)


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that nobody writes by hand: they are the memory of what happened."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


@transaction.atomic
def grant(user: User, amount: int, *, reference: str, by: User) -> None:
    """Add credits, or take them away. Raises `InsufficientCreditsError` rather than go below zero."""
    credits.grant(user, amount, reference=reference)
    record(Action.CREDITS, actor=by, target=user.email, amount=amount, reference=reference)


@transaction.atomic
def set_limits(user: User, *, run_limit: int | None, rate_limit: int | None, by: User) -> None:
    """What they may have at once and ask in a minute, from now on; None: what the settings say."""
    User.objects.filter(pk=user.pk).update(run_limit=run_limit, rate_limit=rate_limit)
    limits = {"run_limit": run_limit, "rate_limit": rate_limit}
    record(Action.ADMIN, actor=by, target=user.email, verb="limit", limits=limits)


def suspend(users: QuerySet[User], *, by: User) -> int:
    """End all logins of these people and keep them out, except the one who does it; returns how many.

    Admins are kept out by admins only.
    """
    if not _is_chief(by):
        users = users.exclude(Q(role=Role.ADMIN) | Q(is_superuser=True))
    return users.exclude(pk=by.pk).update(
        is_active=False, login_generation=F("login_generation") + 1
    )


def resume(users: QuerySet[User]) -> int:
    """Let these people in again; returns how many."""
    return users.update(is_active=True)


def _note(request: HttpRequest, verb: str, obj: Model, **details: Any) -> None:
    target = f"{obj._meta.label} {obj.pk} {obj}"
    record(Action.ADMIN, actor=_user(request), target=target, verb=verb, **details)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _is_operator(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff


def _is_admin(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and _is_chief(user) and _is_operator(request)


def _is_chief(user: User) -> bool:
    return bool(user.is_superuser or user.role == Role.ADMIN)
