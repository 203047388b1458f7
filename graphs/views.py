"""The pages of graphs: list, one graph, making, importing, editing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import NotMemberError
from accounts.http import UserRequest
from accounts.lists import chosen_of, do_with_chosen, listing_of
from graphs import bundles, files, filing, node_details, pages, services
from graphs.bundles import Imported
from graphs.documents import GraphDocument
from graphs.errors import InvalidGraphError, VersionConflictError
from graphs.finding import editable_version, governed_graph, visible_graph, visible_version
from graphs.formats.bundle import FormatError
from graphs.forms import EditForm, ImportForm, NewGraphForm
from graphs.graph_list import GraphList, verbs_for
from graphs.models import Graph, GraphVersion
from graphs.pages import number_in
from graphs.sharing import ShareForm
from graphs.starters import STARTERS
from graphs.translating import said, translated


@login_required
@require_GET
def graph_list(request: UserRequest) -> HttpResponse:
    graphs = Graph.objects.visible_to(request.user).with_active_version().select_related("team")
    rows = filing.with_tags(graphs.newest_first(), request.user)
    listing = listing_of(request, GraphList, rows, verbs=verbs_for(request.user))
    context = {"listing": listing, "folders": filing.folders_of(request.user)}
    return render(request, "graphs/list.html", context)


@login_required
@require_POST
def with_several(request: UserRequest) -> HttpResponse:
    graphs = Graph.objects.visible_to(request.user)
    tags = filing.tags_in(request.POST.get("tags", ""))
    verbs = verbs_for(request.user, request.POST.get("folder", "").strip(), tags)
    return do_with_chosen(request, graphs, verbs, "graphs:list")


@login_required
@require_POST
def export_several(request: UserRequest) -> HttpResponse:
    versions = GraphVersion.objects.visible_to(request.user).filter(is_active=True)
    chosen = chosen_of(request, versions.select_related("graph"), "graph")
    if not chosen:
        messages.error(request, _("Choose something of the list first."))
        return redirect("graphs:list")
    for version in chosen:
        record(Action.EXPORT, actor=request.user, target=f"graph {version.graph_id}")
    return HttpResponse(
        files.packed(chosen, request.user),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="graphs.zip"'},
    )


@login_required
@require_http_methods(["GET", "POST"])
def new_graph(request: UserRequest) -> HttpResponse:
    form = NewGraphForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        starter = STARTERS[form.cleaned_data.pop("starter")]
        version = services.create_graph(
            owner=request.user, drawing=starter.drawing, **form.cleaned_data
        )
        return redirect("graphs:detail", version.graph_id)
    return render(request, "graphs/new.html", {"form": form, "starters": STARTERS})


@login_required
@require_http_methods(["GET", "POST"])
def import_graph(request: UserRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        imported = _imported(request, form)
        if imported and imported.remarks:
            remarks = [(each.about, translated(each.text)) for each in imported.remarks]
            context = {"graph": imported.version.graph, "remarks": remarks}
            return render(request, "graphs/imported.html", context)
        if imported:
            return redirect("graphs:detail", imported.version.graph_id)
    return render(request, "graphs/import.html", {"form": form})


def _imported(request: UserRequest, form: ImportForm) -> Imported | None:
    bundle = form.bundle()
    if bundle is None:
        return None
    try:
        return bundles.save(request.user, bundle)
    except InvalidGraphError as error:
        form.refuse(error)
    except FormatError as error:
        form.add_error("text", said(error))
    return None


@login_required
@require_GET
def graph_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    version = visible_version(request.user, pk, number_in(request))
    context = pages.graph_page(version, request.user)
    return render(request, "graphs/detail.html", context)


@login_required
@require_GET
def node_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    drawing = visible_version(request.user, pk, number_in(request)).load()
    node = drawing.nodes.get(request.GET.get("node", ""))
    if node is None:
        raise Http404
    context = {"details": node_details.details_of(drawing, node)}
    return render(request, "graphs/node.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit_as_json(request: UserRequest, pk: UUID) -> HttpResponse:
    version = editable_version(request.user, pk, number_in(request))
    newest = version.graph.versions.newest_first().values_list("version", flat=True)[0]
    given = {"text": files.text_of(version), "base_version": newest}
    form = EditForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        document = form.document()
        if document and _saved(form, version.graph, document):
            messages.success(request, _("The new version is saved."))
            return redirect("graphs:detail", pk)
    return render(request, "graphs/json.html", {"form": form, "version": version})


def _saved(form: EditForm, graph: Graph, document: GraphDocument) -> bool:
    try:
        services.save_version(
            graph=graph,
            name=document.name,
            description=document.description,
            drawing=document.drawing(),
            base_version=form.cleaned_data["base_version"],
        )
    except InvalidGraphError as error:
        form.refuse(error)
    except VersionConflictError as error:
        form.add_error(None, said(error))
    return form.is_valid()


@login_required
@require_GET
def export_graph(request: UserRequest, pk: UUID) -> HttpResponse:
    version = visible_version(request.user, pk, number_in(request))
    format_ = request.GET.get("format", "agentloom")
    if format_ not in files.WRITERS:
        raise Http404
    record(Action.EXPORT, actor=request.user, target=f"graph {version.graph_id}")
    name = files.name_of(version)
    return HttpResponse(
        files.exported(version, format_, request.user),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_required
@require_POST
def activate_version(request: UserRequest, pk: UUID, number: int) -> HttpResponse:
    services.activate_version(editable_version(request.user, pk, number))
    messages.success(request, _("Version %(number)s is active now.") % {"number": number})
    return redirect("graphs:detail", pk)


@login_required
@require_POST
def share_graph(request: UserRequest, pk: UUID) -> HttpResponse:
    graph = governed_graph(request.user, pk)
    form = ShareForm(graph, request.user, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a team of yours."))
        return redirect("graphs:detail", pk)
    try:
        services.share_graph(graph, form.cleaned_data["team"], by=request.user)
    except NotMemberError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("It is saved who shares the graph."))
    is_still_theirs = Graph.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("graphs:detail", pk) if is_still_theirs else redirect("graphs:list")


@login_required
@require_POST
def file_graph(request: UserRequest, pk: UUID) -> HttpResponse:
    form = filing.FilingForm(visible_graph(request.user, pk), request.user, request.POST)
    if form.is_valid():
        form.save()
        messages.success(request, _("It is saved where you keep the graph."))
    else:
        messages.error(
            request, _("A folder has 60 letters at most, a tag 30, and a graph 20 tags at most.")
        )
    return redirect("graphs:detail", pk)


@login_required
@require_POST
def delete_graph(request: UserRequest, pk: UUID) -> HttpResponse:
    graph = governed_graph(request.user, pk)
    services.delete_graph(graph, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": graph.name})
    return redirect("graphs:list")
