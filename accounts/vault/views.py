"""The pages of the vault: list, add, look at one, connect an account elsewhere."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import ConnectionFailedError, CredentialUnavailableError, NotMemberError
from accounts.http import UserRequest, query_of
from accounts.lists import listing_of, own_rows, several
from accounts.vault import checks, oauth, services
from accounts.vault.forms import ChangeForm, ConnectForm, CredentialForm, LendForm
from accounts.vault.listing import VERBS, CredentialList
from accounts.vault.models import TYPE_LABELS, Credential
from accounts.vault.rules import SECRET_FIELDS
from blocks.base import BlockError

USES_SHOWN = 50


@login_required
@require_GET
def credential_list(request: UserRequest) -> HttpResponse:
    credentials = Credential.objects.owned_by(request.user).newest_first().select_related("team")
    types = [(type_, TYPE_LABELS[type_]) for type_ in TYPE_LABELS if type_ in SECRET_FIELDS]
    lent = Credential.objects.lent_to_teams_of(request.user).newest_first()
    context = {
        "listing": listing_of(request, CredentialList, credentials, verbs=VERBS),
        "lent": lent,
        "types": types,
        "connect_form": ConnectForm(),
    }
    return render(request, "vault/list.html", context)


with_several = several(own_rows(Credential), VERBS, "vault:list")


@login_required
@require_http_methods(["GET", "POST"])
def new_credential(request: UserRequest, type_: str) -> HttpResponse:
    if type_ not in SECRET_FIELDS:
        raise Http404
    wanted = {"provider": request.GET.get("provider")}
    form = CredentialForm(type_, request.POST or None, initial=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            credential = services.create(request.user, type=type_, **form.values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The credential is kept."))
            return redirect("vault:detail", credential.pk)
    return render(request, "vault/new.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def credential_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    credential = _find(request, pk)
    form = _change_form(request, credential)
    if form and request.method == "POST" and form.is_valid():
        try:
            services.change(credential, **form.values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The credential is changed."))
            return redirect("vault:detail", pk)
    uses = credential.uses.order_by("-pk")[:USES_SHOWN]
    lend_form = None if credential.revoked_at else LendForm(credential)
    context = {"credential": credential, "form": form, "lend_form": lend_form, "uses": uses}
    return render(request, "vault/detail.html", context)


def _change_form(request: UserRequest, credential: Credential) -> ChangeForm | None:
    """None where nothing can be changed: what was revoked, and what a provider has given."""
    if credential.revoked_at or credential.type not in SECRET_FIELDS:
        return None
    given = {
        "title": credential.title,
        "base_url": credential.base_url,
        "hosts": "\n".join(credential.hosts),
    }
    return ChangeForm(credential.type, request.POST or None, initial=given)


@login_required
@require_POST
def check(request: UserRequest, pk: UUID) -> HttpResponse:
    try:
        verdict = checks.check(_find(request, pk))
    except CredentialUnavailableError as error:
        messages.error(request, str(error))
    else:
        tell = messages.error if verdict.works is False else messages.success
        tell(request, verdict.message)
    return redirect("vault:detail", pk)


@login_required
@require_POST
def make_default(request: UserRequest, pk: UUID) -> HttpResponse:
    try:
        services.make_default(_find(request, pk))
    except CredentialUnavailableError as error:
        messages.error(request, str(error))
    return redirect("vault:detail", pk)


@login_required
@require_POST
def lend(request: UserRequest, pk: UUID) -> HttpResponse:
    credential = _find(request, pk)
    form = LendForm(credential, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a team of yours."))
        return redirect("vault:detail", pk)
    given = form.cleaned_data
    try:
        services.lend(credential, given["team"], is_default=given["is_default"])
    except (NotMemberError, CredentialUnavailableError) as error:
        messages.error(request, str(error))
    return redirect("vault:detail", pk)


@login_required
@require_POST
def revoke(request: UserRequest, pk: UUID) -> HttpResponse:
    services.revoke(_find(request, pk))
    messages.success(request, _("The credential is revoked."))
    return redirect("vault:detail", pk)


@login_required
@require_POST
def delete(request: UserRequest, pk: UUID) -> HttpResponse:
    services.delete(_find(request, pk))
    messages.success(request, _("The credential is deleted."))
    return redirect("vault:list")


@login_required
@require_POST
def connect(request: UserRequest) -> HttpResponse:
    form = ConnectForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a provider."))
        return redirect("vault:list")
    back = request.build_absolute_uri(reverse("vault:callback"))
    try:
        url = oauth.begin(request.user, redirect_uri=back, **form.cleaned_data)
    except (ConnectionFailedError, BlockError) as error:
        return _refused(request, error)
    # A link and no redirect: the policy of our pages lets forms lead to our own addresses only.
    return render(request, "vault/connect.html", {"url": url, "form": form})


@login_required
@require_GET
def callback(request: UserRequest) -> HttpResponse:
    query = query_of(request)
    try:
        credential = oauth.finish(
            request.user,
            query.get("state", ""),
            query.get("code", ""),
            issuer=query.get("iss", ""),
        )
    except (ConnectionFailedError, BlockError) as error:
        return _refused(request, error)
    messages.success(request, _("The account is connected."))
    return redirect("vault:detail", credential.pk)


def _refused(request: UserRequest, error: Exception) -> HttpResponse:
    context = {"error": str(error).rstrip(".")}
    return render(request, "vault/refused.html", context, status=400)


def _find(request: UserRequest, pk: UUID) -> Credential:
    owned = Credential.objects.owned_by(request.user).select_related("user", "team")
    return get_object_or_404(owned, pk=pk)
