"""Choosing credentials: for a pin of a node, and for all nodes of a run that ask for the same kind."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.vault import services as vault
from accounts.vault.models import TYPE_LABELS, Credential, TeamOfGraph
from accounts.vault.rules import SECRET_FIELDS
from blocks import catalogue
from blocks.credentials import Ask, CredentialType, Reference
from graphs.credentials import Need

References = Mapping[str, Mapping[str, Any]]  # by the name in `credentials_inputs`


class CredentialField(forms.TypedChoiceField):
    """One of the user's credentials that fit; the cleaned value is a reference to it, None for the usual one."""

    def __init__(
        self,
        ask: Ask,
        user: User,
        team: TeamOfGraph = None,
        *,
        is_named: bool = False,
        required: bool = False,
    ) -> None:
        """`is_named`: whoever asks names a credential already. `required` counts where there is no usual one."""
        open_ = Credential.objects.open_to(user.pk, team).usable()
        found = list(open_.fitting(ask.providers, ask.types).newest_first())
        usual = found if ask.takes_default else []
        default = vault.usual_of(usual, user.pk, ask.providers)
        super().__init__(
            choices=[("", _usual(ask, default, is_named=is_named)), *map(_option, found)],
            coerce=json.loads,
            empty_value=None,
            required=required and default is None,
        )
        self.new_url = _address_of_new(ask)


def _usual(ask: Ask, default: Credential | None, *, is_named: bool) -> str:
    if is_named:
        return _("The one that the graph names")
    if not ask.takes_default:
        return _("None: what this installation has")
    if default:
        return _("The default: %(title)s") % {"title": default.title}
    return _("The default (there is none)")


def _option(credential: Credential) -> tuple[str, str]:
    return option_value(
        credential
    ), f"{credential.title} · {catalogue.provider_label(credential.provider)}"


def option_value(credential: Credential) -> str:
    """The reference to it, as JSON."""
    reference = Reference(
        id=str(credential.pk),
        provider=credential.provider,
        type=credential.type,
        title=credential.title,
    )
    return reference.model_dump_json()


def _address_of_new(ask: Ask) -> str:
    """Where one is added that fits; accounts are connected on the page of all credentials."""
    type_ = next((type_ for type_ in ask.types if type_ in SECRET_FIELDS), None)
    if type_ is None:
        return reverse("vault:list")
    return f"{reverse('vault:new', args=[type_])}?provider={ask.providers[0]}"


class CredentialsForm(forms.Form):
    """One field for each kind of credential that the nodes of a graph ask for."""

    def __init__(
        self,
        needs: Iterable[Need],
        user: User,
        team: TeamOfGraph = None,
        data: Mapping[str, Any] | None = None,
        *,
        given: References | None = None,
    ) -> None:
        super().__init__(data)
        self.keys: dict[str, str] = {}  # key of a field -> name in `credentials_inputs`
        for index, (name, group) in enumerate(_grouped(needs)):
            key = f"credential-{index}"
            self.keys[key] = name
            self.fields[key] = _field_of(group, user, team)
            self.initial[key] = _chosen(self.fields[key], (given or {}).get(name))

    def references(self) -> dict[str, dict[str, Any]]:
        """What was chosen; where the usual one is meant, nothing."""
        chosen = {name: self.cleaned_data[key] for key, name in self.keys.items()}
        return {name: reference for name, reference in chosen.items() if reference}


def _grouped(needs: Iterable[Need]) -> Iterator[tuple[str, list[Need]]]:
    groups: dict[str, list[Need]] = {}
    for need in needs:
        groups.setdefault(need.ask.key, []).append(need)
    yield from groups.items()


def _field_of(needs: list[Need], user: User, team: TeamOfGraph) -> CredentialField:
    ask = needs[0].ask
    open_ = [need for need in needs if need.own is None and not need.is_linked]
    is_required = any(need.ask.is_required for need in open_)
    field = CredentialField(ask, user, team, is_named=not open_, required=is_required)
    labels = [catalogue.provider_label(name) for name in ask.providers]
    types = [str(TYPE_LABELS[CredentialType(type_)]) for type_ in ask.types]
    field.label = f"{' / '.join(labels)}: {' / '.join(types)}"
    titles = ", ".join(dict.fromkeys(need.node.title for need in needs))
    field.help_text = _("Used by: %(nodes)s") % {"nodes": titles}
    return field


def _chosen(field: forms.Field, reference: Mapping[str, Any] | None) -> str:
    """The option for what a former run was given; the usual one when it is not among them any more."""
    options = [value for value, _label in getattr(field, "choices", ()) if value]
    wanted = str((reference or {}).get("id", ""))
    return next((value for value in options if json.loads(value)["id"] == wanted), "")
