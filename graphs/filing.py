"""How people put graphs in order, each for themselves: favourites, folders, the archive."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from graphs.models import Filing, Graph, GraphQuerySet

if TYPE_CHECKING:
    FilingFormBase = forms.ModelForm[Filing]
else:
    FilingFormBase = forms.ModelForm

FAVOURITES, ARCHIVE, FOLDER = "favourites", "archive", "folder:"


class FilingForm(FilingFormBase):
    """Where somebody keeps a graph."""

    class Meta:
        model = Filing
        fields = ("is_favourite", "folder", "is_archived")
        labels = {
            "is_favourite": _("Favourite"),
            "folder": _("Folder"),
            "is_archived": _("In the archive"),
        }

    def __init__(self, graph: Graph, user: User, data: Any = None) -> None:
        found = Filing.objects.filter(graph=graph, user=user).first()
        super().__init__(data, instance=found or Filing(graph=graph, user=user))
        self.fields["folder"].widget.attrs["list"] = "folders"
        self.folders = folders_of(user)


def folders_of(user: User) -> QuerySet[Filing, str]:
    """The folders that they have made, by name."""
    filed = Filing.objects.filter(user=user, graph__in=Graph.objects.visible_to(user))
    return filed.exclude(folder="").values_list("folder", flat=True).distinct().order_by("folder")


def places_of(user: User) -> list[tuple[str, Any]]:
    """Where they keep graphs: (place for `kept_in`, label)."""
    folders = [(f"{FOLDER}{folder}", folder) for folder in folders_of(user)]
    return [(FAVOURITES, _("Favourites")), *folders, (ARCHIVE, _("Archive"))]


def keep(user: User, graph: Graph, **changes: Any) -> None:
    """Keep it elsewhere: `is_favourite`, `is_archived`, `folder`. Raises `ValidationError` for too long a name."""
    filing, _is_new = Filing.objects.get_or_create(graph=graph, user=user)
    for name, value in changes.items():
        setattr(filing, name, value)
    filing.clean_fields(exclude=["graph", "user"])
    filing.save()


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
