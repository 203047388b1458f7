"""Presets: inputs and credentials that somebody has saved for runs of a graph."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from executions.attempts.credentials import References
from executions.triggers import kept
from executions.triggers.models import Preset
from graphs.models import GraphVersion


def create_preset(
    *,
    user: User,
    version: GraphVersion,
    name: str,
    inputs: Mapping[str, Any],
    credentials_inputs: References,
) -> Preset:
    """Keep inputs, which need not be all. Raises `InvalidGraphError`."""
    kept.require_sound(user, version, inputs, credentials_inputs, is_complete=False)
    return Preset.objects.create(
        user=user,
        graph_id=version.graph_id,
        name=name,
        inputs=dict(inputs),
        credentials_inputs=dict(credentials_inputs),
    )


def change_preset(
    preset: Preset,
    version: GraphVersion,
    *,
    name: str,
    inputs: Mapping[str, Any],
    credentials_inputs: References,
) -> None:
    """Replace what it keeps. Raises `InvalidGraphError`."""
    kept.require_sound(preset.user, version, inputs, credentials_inputs, is_complete=False)
    preset.name = name
    preset.inputs, preset.credentials_inputs = dict(inputs), dict(credentials_inputs)
    preset.save()


def merged(preset: Preset | None, body: Mapping[str, Any]) -> dict[str, Any]:
    """`inputs` and `credentials_inputs` of a run: what it is given counts, then what the preset has."""
    if preset is None:
        return {key: body[key] for key in ("inputs", "credentials_inputs")}
    return {
        "inputs": {**preset.inputs, **body["inputs"]},
        "credentials_inputs": {**preset.credentials_inputs, **body["credentials_inputs"]},
    }
