"""The form of a schedule: when it is due, and the inputs of its runs."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.http import UserRequest
from accounts.models import User
from executions.errors import StorageError, TimingError
from executions.files import services as files
from executions.triggers import schedules
from executions.triggers.forms import EVERY_MORNING, ScheduleForm
from executions.triggers.models import Schedule
from graphs import pages
from graphs.errors import InvalidGraphError
from graphs.input_forms import InputsForm
from graphs.models import GraphVersion
from graphs.translating import said

FIELDS = (
    *("name", "kind", "cron", "timezone", "every_seconds", "starts_at"),
    *("catch_up", "overlap"),
)


@dataclass(slots=True)
class SchedulePage:
    """Two forms that are sent together, for a new schedule or the one that is given."""

    version: GraphVersion
    form: ScheduleForm
    inputs: InputsForm
    schedule: Schedule | None = None

    def try_to_save(self, request: UserRequest) -> Schedule | None:
        """The schedule; None when the forms say why there is none."""
        if not (self.form.is_valid() and self.inputs.is_valid()):
            return None
        try:
            return self._save(request)
        except TimingError as error:
            self.form.add_error(error.field, said(error))
        except InvalidGraphError as error:
            problems = pages.titled(self.version.load(), error.problems())
            self.form.add_error(None, _("The graph cannot be run like this."))
            for problem in problems:
                self.form.add_error(None, problem.message)
        except StorageError as error:
            self.form.add_error(None, said(error))
        return None

    def _save(self, request: UserRequest) -> Schedule:
        inputs = self.inputs.inputs(keep=partial(files.keep_upload, request.user))
        values = {**self.form.values(), "inputs": inputs}
        if self.schedule is None:
            return schedules.create_schedule(
                user=request.user, version=self.version, is_pinned=False, values=values
            )
        is_pinned = self.schedule.version is not None
        return schedules.change_schedule(
            self.schedule, self.version, is_pinned=is_pinned, values=values
        )

    def context(self) -> dict[str, Any]:
        """For the templates."""
        return {
            "graph": self.version.graph,
            "form": self.form,
            "inputs": self.inputs,
            "schedule": self.schedule,
        }


def schedule_page(
    request: UserRequest, version: GraphVersion, schedule: Schedule | None = None
) -> SchedulePage:
    """The forms, filled with what was sent, or with what the schedule has."""
    graph = version.load()
    if request.method == "POST":
        form, inputs = ScheduleForm(request.POST), InputsForm(graph, request.POST, request.FILES)
    else:
        form = ScheduleForm(initial=_initial(request.user, version, schedule))
        inputs = InputsForm(graph, given=schedule.inputs if schedule else None)
    return SchedulePage(version, form, inputs, schedule)


def _initial(user: User, version: GraphVersion, schedule: Schedule | None) -> dict[str, Any]:
    if schedule:
        return {name: getattr(schedule, name) for name in FIELDS}
    return {
        "name": version.graph.name,
        "cron": EVERY_MORNING,
        "timezone": user.timezone,
        "catch_up": "latest",
    }
