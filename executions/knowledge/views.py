"""The pages of knowledge: collections; documents of one, with a search."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import UserRequest, query_of
from accounts.lists import listing_of, several
from blocks.base import BlockError
from executions.errors import KnowledgeLimitError, NameTakenError, StorageError
from executions.files import services as files
from executions.knowledge import searching, services
from executions.knowledge.forms import CollectionForm, DocumentForm
from executions.knowledge.listing import VERBS, CollectionList
from executions.knowledge.models import Collection, Document
from executions.knowledge.searching import Found

DOCUMENTS_PER_PAGE = 50
MAX_QUERY = 1_000  # characters
_REFUSALS = (KnowledgeLimitError, NameTakenError, StorageError, ValidationError)


@login_required
@require_http_methods(["GET", "POST"])
def collection_list(request: UserRequest) -> HttpResponse:
    form = CollectionForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_collection(request.user.pk, **form.cleaned_data)
        except _REFUSALS as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            return redirect("knowledge:detail", made.pk)
    collections = Collection.objects.owned_by(request.user).with_counts().by_name()
    listing = listing_of(request, CollectionList, collections, verbs=VERBS)
    return render(request, "knowledge/list.html", {"listing": listing, "form": form})


with_several = several(Collection.objects.owned_by, VERBS, "knowledge:list")


@login_required
@require_http_methods(["GET", "POST"])
def collection_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    collection = _find(request, pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _is_added(collection, form):
        messages.success(request, _("The document is being indexed."))
        return redirect("knowledge:detail", pk)
    documents = Paginator(collection.documents.newest_first(), DOCUMENTS_PER_PAGE)
    query = query_of(request).get("q", "").strip()[:MAX_QUERY]
    context = {
        "collection": collection,
        "page": documents.get_page(request.GET.get("page")),
        "form": form,
        "query": query,
        "found": _found(request, collection, query) if query else None,
    }
    return render(request, "knowledge/detail.html", context)


def _is_added(collection: Collection, form: DocumentForm) -> bool:
    given = form.cleaned_data
    source = given["source"]
    try:
        if upload := given["file"]:
            kept = files.keep(
                collection.owner_id, upload, name=upload.name, content_type=upload.content_type
            )
            source = kept.uri
        services.add_document(collection, name=given["name"], text=given["text"], source=source)
    except _REFUSALS as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return False
    return True


def _found(request: UserRequest, collection: Collection, query: str) -> list[Found]:
    try:
        with services.paid_by(request.user) as ports:
            return searching.search([collection], query, ports.llm, limit=10)
    except BlockError as error:
        messages.error(request, str(error))
        return []


@login_required
@require_http_methods(["GET", "POST"])
def change(request: UserRequest, pk: UUID) -> HttpResponse:
    collection = _find(request, pk)
    names = ("name", "description", "model", "credential")
    given = {name: getattr(collection, name) for name in names}
    form = CollectionForm(request.user, request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_collection(collection, **form.cleaned_data)
        except (NameTakenError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("The collection is changed."))
            return redirect("knowledge:detail", pk)
    return render(request, "knowledge/change.html", {"collection": collection, "form": form})


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    services.delete_collection(_find(request, pk))
    messages.success(request, _("The collection is deleted."))
    return redirect("knowledge:list")


@login_required
@require_GET
def document(request: UserRequest, pk: UUID) -> HttpResponse:
    found = _find_document(request, pk)
    passages = Paginator(found.passages.defer("embedding").order_by("position"), DOCUMENTS_PER_PAGE)
    context = {"document": found, "page": passages.get_page(request.GET.get("page"))}
    return render(request, "knowledge/document.html", context)


@login_required
@require_POST
def refresh(request: UserRequest, pk: UUID) -> HttpResponse:
    found = services.refresh_document(_find_document(request, pk))
    messages.success(request, _("The document is being indexed."))
    return redirect("knowledge:detail", found.collection_id)


@login_required
@require_POST
def delete_document(request: UserRequest, pk: UUID) -> HttpResponse:
    found = _find_document(request, pk)
    services.delete_document(found)
    messages.success(request, _("The document is deleted."))
    return redirect("knowledge:detail", found.collection_id)


def _find(request: UserRequest, pk: UUID) -> Collection:
    return get_object_or_404(Collection.objects.owned_by(request.user).with_counts(), pk=pk)


def _find_document(request: UserRequest, pk: UUID) -> Document:
    owned = Document.objects.owned_by(request.user).select_related("collection")
    return get_object_or_404(owned, pk=pk)
