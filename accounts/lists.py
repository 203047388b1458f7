"""Lists on pages: the form that narrows and orders one, a page of its rows, and what is done with several at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import django_filters as filters
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.http import UserRequest
from accounts.models import User

Row = TypeVar("Row", bound=Model)

PER_PAGE = 25
MOST_CHOSEN = 200
MOST_REASONS = 5  # that are told apart
LONGEST_SEARCH = 200  # characters

Orders = Mapping[str, tuple[Any, tuple[Any, ...]]]  # {word in the address: (label, columns)}
BY_NAME: Orders = {"name": (gettext_lazy("By name"), ("name",))}


class ListFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The words of an address that narrow and order a list; `searched` are the columns in which text is looked for."""

    searched: ClassVar[tuple[str, ...]] = ()
    orders: ClassVar[Orders] = {}

    q = filters.CharFilter(
        method="matching",
        label=gettext_lazy("Search"),
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Search")}),
    )
    order = filters.ChoiceFilter(
        method="ordered", label=gettext_lazy("Order"), empty_label=gettext_lazy("Newest first")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.searched:
            del self.filters["q"]
        order = self.filters.pop("order")
        if self.orders:  # behind everything that narrows
            order.extra["choices"] = [(word, label) for word, (label, _by) in self.orders.items()]
            self.filters["order"] = order

    def matching(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """The rows that have each word of the text in one of the columns."""
        for word in text.split():
            rows = rows.filter(
                reduce(or_, (Q((f"{each}__icontains", word)) for each in self.searched))
            )
        return rows

    def ordered(self, rows: QuerySet[Any], _name: str, order: str) -> QuerySet[Any]:
        """In another order than that of time."""
        return rows.order_by(*self.orders[order][1], "-pk")


def fact_filter(
    column: str, lookup: str = "exact", *, label: Any, either: Any, yes: Any, no: Any
) -> filters.TypedChoiceFilter:
    """For what rows are or are not; `either` is what the list says while it does not matter."""
    return filters.TypedChoiceFilter(
        column,
        lookup,
        label=label,
        choices=[("", either), ("True", yes), ("False", no)],
        coerce=lambda word: word == "True",
    )


def paused_filter() -> filters.TypedChoiceFilter:
    """For rows that can be paused."""
    return fact_filter(
        "is_paused",
        label=gettext_lazy("State"),
        either=gettext_lazy("Working or paused"),
        yes=gettext_lazy("Paused"),
        no=gettext_lazy("Working"),
    )


class LeftOutError(Exception):
    """A row stays as it is; the message says why, to people."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done with each of several rows; `LeftOutError`, or one of `refusals`, leaves a row as it is."""

    label: Any  # for its button
    do: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()
    is_final: bool = False  # whether people are asked first
    said: Callable[[Any], str] = str  # what a refusal says

    def refusal_for(self, row: Any) -> str | None:
        """Do it; the reason why that was not possible, None when it was."""
        try:
            self.do(row)
        except LeftOutError as error:
            return str(error)
        except self.refusals as error:
            return self.said(error)
        return None


Verbs = Mapping[str, Verb]  # {name in the form: verb}
Rows = Callable[[User], QuerySet[Any]]
View = Callable[[UserRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, as templates/components/listing.html shows it."""

    filter: ListFilter
    page: Page[Any]
    verbs: Verbs

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything was asked for."""
        return any(name != "order" for name in self.filter.form.changed_data)


def listing_of(
    request: UserRequest,
    filter_: type[ListFilter],
    rows: QuerySet[Any],
    *,
    verbs: Verbs | None = None,
    per_page: int = PER_PAGE,
) -> Listing:
    """The page of these rows that the address asks for."""
    found = filter_(request.GET, rows, request=request)
    page = Paginator(found.qs, per_page).get_page(request.GET.get("page"))
    return Listing(found, page, verbs or {})


def own_rows(model: type[Model]) -> Rows:
    """What somebody has of a kind, newest first."""

    def rows(user: User) -> QuerySet[Any]:
        owned: Any = model._default_manager
        found: QuerySet[Any] = owned.owned_by(user).newest_first()
        return found

    return rows


def list_page(rows: Rows, filter_: type[ListFilter], verbs: Verbs, template: str) -> View:
    """The view of a page that is a list and nothing else."""

    @login_required
    @require_GET
    def show(request: UserRequest) -> HttpResponse:
        listing = listing_of(request, filter_, rows(request.user), verbs=verbs)
        return render(request, template, {"listing": listing})

    return show


def several(rows: Rows, verbs: Verbs, back: str) -> View:
    """The view of the buttons below a list, which leads back to it."""

    @login_required
    @require_POST
    def press(request: UserRequest) -> HttpResponse:
        return do_with_chosen(request, rows(request.user), verbs, back)

    return press


def do_with_chosen(
    request: UserRequest, rows: QuerySet[Any], verbs: Verbs, back: str
) -> HttpResponse:
    """Do what was asked for with the chosen ones of these rows, tell with how many and why not with others, and lead back to the list."""
    verb, count = verbs.get(request.POST.get("verb", "")), len(request.POST.getlist("row"))
    if verb and count:
        refusals = [verb.refusal_for(row) for row in chosen_of(request, rows)]
        done = refusals.count(None)
        messages.success(
            request, _("Done with %(done)s of %(all)s.") % {"done": done, "all": count}
        )
        gone = [_("It is not there (any more)")] * (count - len(refusals))
        _tell_why(request, Counter(each for each in [*refusals, *gone] if each is not None))
    else:
        messages.error(request, _("Choose something of the list first."))
    query = request.GET.urlencode()
    return redirect(f"{reverse(back)}?{query}" if query else reverse(back))


def _tell_why(request: UserRequest, reasons: "Counter[str]") -> None:
    told = reasons.most_common(MOST_REASONS)
    for reason, count in told:
        messages.warning(
            request, _("Left out %(count)s: %(reason)s") % {"count": count, "reason": reason}
        )
    untold = reasons.total() - sum(count for _reason, count in told)
    if untold:
        messages.warning(
            request, _("Left out %(count)s more for other reasons.") % {"count": untold}
        )


def chosen_of(request: UserRequest, rows: "QuerySet[Row]", column: str = "pk") -> "QuerySet[Row]":
    """Those of the rows whose ids were sent, 200 at most; `column` has the ids."""
    given = request.POST.getlist("row")[:MOST_CHOSEN]
    return rows.filter(**{f"{column}__in": list(_ids(given))})


def _ids(given: Iterable[str]) -> Iterator[UUID]:
    for each in given:
        try:
            yield UUID(each)
        except ValueError:
            continue
