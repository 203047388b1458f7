"""What the page of one run shows, and the form that starts one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import RunRefusedError
from accounts.http import UserRequest
from accounts.models import User
from executions import plans, services
from executions.errors import StorageError
from executions.files import services as files
from executions.inbox.forms import ApprovalForm
from executions.insight import node_rows, overview
from executions.models import Execution, NodeExecution, Source
from executions.trials.services import Known, known_from
from executions.triggers import presets
from executions.triggers.models import Preset
from graphs import drawing, pages, sharing, spec
from graphs.credential_forms import CredentialsForm
from graphs.credentials import needs_of
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version
from graphs.input_forms import InputsForm
from graphs.models import GraphVersion
from graphs.pages import TitledProblem
from graphs.translating import said

_PRESET_NAME = 100  # characters
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def run_page(execution: Execution, user: User) -> dict[str, Any]:
    """The whole page, with what this user may do."""
    parts = live_parts(execution, user, {})
    graph: spec.Graph = parts["overview"].graph
    return parts | {
        "drawing": drawing.draw(graph),
        "outline": pages.outline(graph),
        "inputs": overview.shown_inputs(execution),
        "parent_pk": _parent_pk(execution),
        "node_url": f"{reverse('executions:node', args=[execution.pk])}?node=",
    }


def _parent_pk(execution: Execution) -> UUID | None:
    """The run that this one is a part of."""
    if execution.parent_id is None:
        return None
    of_parent = NodeExecution.objects.filter(pk=execution.parent_id)
    return of_parent.values_list("execution_id", flat=True).get()


def live_parts(execution: Execution, user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """The parts that change while the run goes on; the query narrows the table."""
    found = overview.overview_of(execution)
    is_own, graph = execution.user_id == user.pk, execution.graph
    open_questions = found.questions if is_own else ()
    questions = [Question(each.title, ApprovalForm(each.row)) for each in open_questions]
    asked = ",".join(str(each.row.pk) for each in open_questions)
    return {
        "execution": execution,
        "is_own": is_own,
        "may_run": graph.deleted_at is None and sharing.may_edit(graph, user),
        "overview": found,
        "table": node_rows.table_of(execution, query),
        "questions": questions,
        "asked": asked,
        "questions_are_known": query.get("asked") == asked,
        "outputs_are_known": query.get("outputs") == f"{found.output_count}-{execution.status}",
    }


@dataclass(frozen=True, slots=True)
class Question:
    """What a node wants to know of a person."""

    title: str
    form: ApprovalForm


@dataclass(slots=True)
class StartPage:
    """The form of a run, and why it could not be started."""

    version: GraphVersion
    graph: spec.Graph
    form: InputsForm
    credentials: CredentialsForm
    in_builder: bool = False  # the builder stays where it is and watches the run by itself
    refusals: list[TitledProblem] = field(default_factory=list)

    def try_to_start(self, user: User) -> Execution | None:
        """The run; None when the form says why there is none."""
        # Both are to say what is wrong.
        if not all([self.form.is_valid(), self.credentials.is_valid()]):
            return None
        try:
            inputs = self.form.inputs(keep=partial(files.keep_upload, user))
            with transaction.atomic():  # a preset that cannot be kept starts nothing
                self._keep(user, inputs)
                execution = services.start_execution(
                    version=self.version,
                    user=user,
                    inputs=inputs,
                    credentials_inputs=self.credentials.references(),
                    source=Source.UI,
                )
        except InvalidGraphError as error:
            self.refusals = pages.titled(self.graph, error.problems())
            self.form.add_error(None, _("The graph cannot be run as it is."))
        except (RunRefusedError, StorageError) as error:
            self.form.add_error(None, said(error))
        else:
            return execution
        return None

    def _keep(self, user: User, inputs: spec.JSONDict) -> None:
        """Save the inputs as a preset, if they were given a name."""
        name = str(self.form.data.get("preset_name", "")).replace("\0", "").strip()[:_PRESET_NAME]
        if name:
            presets.create_preset(
                user=user, version=self.version, name=name, inputs=inputs, credentials_inputs={}
            )

    def context(self) -> dict[str, Any]:
        """For the templates."""
        return {
            "graph": self.version.graph,
            "version": self.version,
            "form": self.form,
            "credentials": self.credentials,
            "in_builder": self.in_builder,
            "refusals": self.refusals,
        }


def start_page(request: UserRequest, graph_pk: UUID) -> StartPage:
    """The form for the version in the address, filled with what was sent. Raises `Http404`."""
    version = editable_version(request.user, graph_pk, pages.number_in(request))
    graph, team = version.load(), version.graph.team_id
    needs = list(needs_of(graph))
    in_builder = "builder" in request.GET
    if request.method == "POST":
        form = InputsForm(graph, request.POST, request.FILES)
        chosen = CredentialsForm(needs, request.user, team, request.POST)
    else:
        known = _known(request, version, in_builder)
        form = InputsForm(graph, given=known.inputs if known else None)
        references = known.credentials_inputs if known else None
        chosen = CredentialsForm(needs, request.user, team, given=references)
    return StartPage(version, graph, form, chosen, in_builder)


def _known(
    request: UserRequest, version: GraphVersion, in_builder: bool
) -> Preset | Execution | Known | None:
    """What the form begins with: a preset or a run that the address names, in the builder the last run."""
    of_graph = Preset.objects.owned_by(request.user).filter(graph_id=version.graph_id)
    for preset in of_graph if "preset" in request.GET else ():
        if str(preset.pk) == request.GET["preset"]:
            return preset
    former = request.GET.get("from", "")
    if _UUID.fullmatch(former):
        runs = Execution.objects.owned_by(request.user)
        return known_from(get_object_or_404(runs, pk=former), version.load())
    return _last_run(request.user, version.graph_id) if in_builder else None


def _last_run(user: User, graph_pk: UUID) -> Execution | None:
    """The newest run of the graph: what it was given nobody has to give again."""
    runs = Execution.objects.owned_by(user).filter(graph_id=graph_pk).newest_first()
    return runs.only("inputs", "credentials_inputs").first()


def repeat_page(execution: Execution, user: User) -> StartPage:
    """The form for the version of a former run, filled with what that was given, as far as this user has it."""
    version = execution.version
    graph, team = plans.graph_of_version(version.pk), version.graph.team_id
    chosen = CredentialsForm(needs_of(graph), user, team, given=execution.credentials_inputs)
    return StartPage(version, graph, InputsForm(graph, given=execution.inputs), chosen)
