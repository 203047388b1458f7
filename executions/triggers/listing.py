"""The lists of what starts runs, and of presets: what they can be narrowed to, and what is done with several at once."""

from collections.abc import Callable
from functools import partial

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.lists import BY_NAME, ListFilter, Verb, Verbs, paused_filter
from executions.triggers import keeping, schedules
from executions.triggers.models import Preset


class TriggerList(ListFilter):
    """By name, graph and state."""

    searched = ("name", "graph__name")
    orders = BY_NAME
    paused = paused_filter()


class ScheduleList(TriggerList):
    """Also by what is due."""

    orders = {**BY_NAME, "due": (_("Next due first"), (F("next_due_at").asc(nulls_last=True),))}


class PresetList(ListFilter):
    """By name and graph."""

    searched = ("name", "graph__name")
    orders = BY_NAME


def verbs_of(set_paused: Callable[..., object]) -> Verbs:
    """What is done with several of what starts runs."""
    return {
        "pause": Verb(_("Pause"), partial(set_paused, is_paused=True)),
        "resume": Verb(_("Resume"), partial(set_paused, is_paused=False)),
        "delete": Verb(_("Delete"), keeping.delete, is_final=True),
    }


TRIGGER_VERBS = verbs_of(keeping.set_paused)
SCHEDULE_VERBS = verbs_of(schedules.set_paused)
PRESET_VERBS: Verbs = {"delete": Verb(_("Delete"), Preset.delete, is_final=True)}
