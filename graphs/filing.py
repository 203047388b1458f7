"""How people put graphs in order, each for themselves: favourites, folders, tags, the archive."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from graphs.models import Filing, Graph, GraphQuerySet

if TYPE_CHECKING:
    FilingFormBase = forms.ModelForm[Filing]
else:
    FilingFormBase = forms.ModelForm

FAVOURITES, ARCHIVE, FOLDER = "favourites", "archive", "folder:"
_BETWEEN_TAGS = re.compile(r"[,，、\0]")


class TagsField(forms.CharField):
    """Words with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """As they are typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The tags, each once, in the order of the alphabet."""
        return tags_in(value or "")


class FilingForm(FilingFormBase):
    """Where somebody keeps a graph."""

    tags = TagsField(label=_("Tags"), help_text=_("With commas between them."), required=False)

    class Meta:
        model = Filing
        fields = ("is_favourite", "folder", "tags", "is_archived")
        labels = {
            "is_favourite": _("Favourite"),
            "folder": _("Folder"),
            "is_archived": _("In the archive"),
        }

    def __init__(self, graph: Graph, user: User, data: Any = None) -> None:
        super().__init__(data, instance=filing_of(user, graph))
        self.fields["folder"].widget.attrs["list"] = "folders"
        self.folders = folders_of(user)
        known = ", ".join(tags_of(user))
        if known:
            self.fields["tags"].help_text = _("With commas between them. Yours: %s") % known


def folders_of(user: User) -> QuerySet[Filing, str]:
    """The folders that they have made, by name."""
    filed = Filing.objects.filter(user=user, graph__in=Graph.objects.visible_to(user))
    return filed.exclude(folder="").values_list("folder", flat=True).distinct().order_by("folder")


def tags_in(text: str) -> list[str]:
    """The tags in what somebody has typed, with commas of either language between them."""
    return sorted({each.strip() for each in _BETWEEN_TAGS.split(text)} - {""})


def tags_of(user: User) -> list[str]:
    """The tags that they have given, by name."""
    filed = Filing.objects.filter(user=user, graph__in=Graph.objects.visible_to(user))
    tags = filed.annotate(tag=Func(F("tags"), function="unnest")).order_by("tag")
    return list(tags.values_list("tag", flat=True).distinct())


def places_of(user: User) -> list[tuple[str, Any]]:
    """Where they keep graphs: (place for `kept_in`, label)."""
    folders = [(f"{FOLDER}{folder}", folder) for folder in folders_of(user)]
    return [(FAVOURITES, _("Favourites")), *folders, (ARCHIVE, _("Archive"))]


def filing_of(user: User, graph: Graph) -> Filing:
    """Where they keep it; a new one, not saved, if they have never said so."""
    found = Filing.objects.filter(graph=graph, user=user).first()
    return found or Filing(graph=graph, user=user)


def keep(user: User, graph: Graph, **changes: Any) -> Filing:
    """Keep it elsewhere: `is_favourite`, `is_archived`, `folder`. Raises `ValidationError` for too long a name."""
    filing = _filing(user, graph)
    for name, value in changes.items():
        setattr(filing, name, value)
    _save(filing)
    return filing


def tag(user: User, graph: Graph, tags: Iterable[str]) -> None:
    """Give it these tags, too. Raises `ValidationError` for too long or too many ones."""
    filing = _filing(user, graph)
    filing.tags = sorted({*filing.tags, *tags})
    _save(filing)


def untag(user: User, graph: Graph, tags: Iterable[str]) -> None:
    """Take these tags off it."""
    filing = _filing(user, graph)
    filing.tags = sorted({*filing.tags} - {*tags})
    _save(filing)


def _filing(user: User, graph: Graph) -> Filing:
    return Filing.objects.get_or_create(graph=graph, user=user)[0]


def _save(filing: Filing) -> None:
    filing.clean_fields(exclude=["graph", "user"])
    filing.save()


def with_tags(graphs: GraphQuerySet, user: User) -> GraphQuerySet:
    """Adds the tags that they have given each graph, as `tags`."""
    kept = Filing.objects.filter(graph=OuterRef("pk"), user=user)
    each = kept.annotate(tag=Func(F("tags"), function="unnest")).values("tag")
    return graphs.annotate(tags=ArraySubquery(each))


def tagged(graphs: GraphQuerySet, user: User, tag: str) -> GraphQuerySet:
    """The graphs to which they have given this tag."""
    return graphs.filter(filings__user=user, filings__tags__contains=[tag])


def kept_in(graphs: GraphQuerySet, user: User, place: str = "") -> GraphQuerySet:
    """The graphs in this place: a folder, the favourites or the archive; else all that are not in the archive."""
    if place == ARCHIVE:
        return graphs.filter(filings__user=user, filings__is_archived=True)
    graphs = graphs.exclude(filings__in=Filing.objects.filter(user=user, is_archived=True))
    if place == FAVOURITES:
        return graphs.filter(filings__user=user, filings__is_favourite=True)
    if place.startswith(FOLDER):
        folder = place.removeprefix(FOLDER)
        return graphs.filter(filings__user=user, filings__folder=folder)
    return graphs
