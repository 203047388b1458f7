"""The pages about oneself: profile, logins, credits, API keys."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from accounts import keys, services
from accounts import logins as open_logins
from accounts.errors import KeyRevokedError
from accounts.forms import ApiKeyForm, EditApiKeyForm, ProfileForm
from accounts.http import UserRequest
from accounts.key_list import VERBS as KEY_VERBS
from accounts.key_list import KeyList
from accounts.lists import listing_of, own_rows, several
from accounts.models import ApiKey, User
from accounts.sessions import public_id
from accounts.statement import statement

ENTRIES_PER_PAGE = 50
_KEY_VERBS: dict[str, Callable[[ApiKey], object]] = {
    "suspend": keys.suspend,
    "resume": keys.resume,
    "revoke": keys.revoke,
}


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    given = {name: getattr(request.user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        services.change_profile(request.user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    context = {"form": form, "has_mail": settings.HAS_MAIL}
    return render(request, "accounts/profile.html", context)


def choose_language(request: HttpRequest) -> HttpResponse:
    """For this browser, and for whoever is logged in with it."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        services.change_profile(request.user, language=language)
    return set_language(request)


@login_required
@require_GET
def logins(request: UserRequest) -> HttpResponse:
    context = {
        "logins": open_logins.open_logins(request.user),
        "here": public_id(request.session.session_key or ""),
    }
    return render(request, "accounts/logins.html", context)


@login_required
@require_POST
def end_login(request: UserRequest, pk: UUID) -> HttpResponse:
    if not open_logins.end(request.user, pk):
        raise Http404
    messages.success(request, _("The login has ended."))
    return redirect("accounts:logins")


@login_required
@require_POST
def log_out_everywhere(request: UserRequest) -> HttpResponse:
    open_logins.end_all(request.user)
    request.session.flush()
    return redirect("account_login")


@login_required
@require_GET
def credits(request: UserRequest) -> HttpResponse:
    entries = request.user.credit_entries.order_by("-pk")
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/credits.html", {"page": page})


@login_required
@require_GET
def credit_statement(request: UserRequest) -> StreamingHttpResponse:
    return statement(request.user)


@login_required
@require_http_methods(["GET", "POST"])
def api_keys(request: UserRequest) -> HttpResponse:
    form, secret = ApiKeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _key, secret = keys.issue(request.user, **form.values())
        form = ApiKeyForm()
    owned = ApiKey.objects.owned_by(request.user).newest_first()
    listing = listing_of(request, KeyList, owned, verbs=KEY_VERBS)
    context = {"form": form, "listing": listing, "secret": secret}
    return render(request, "accounts/api_keys.html", context)


with_several_keys = several(own_rows(ApiKey), KEY_VERBS, "accounts:api-keys")


@login_required
@require_http_methods(["GET", "POST"])
def edit_api_key(request: UserRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.owned_by(request.user).filter(revoked_at=None), pk=pk)
    given = {"name": key.name, "permissions": key.permissions, "rate_limit": key.rate_limit}
    form = EditApiKeyForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        keys.change(key, **form.values())
        messages.success(request, _("The key is changed."))
        return redirect("accounts:api-keys")
    return render(request, "accounts/edit_api_key.html", {"form": form, "key": key})


@login_required
@require_POST
def change_api_key(request: UserRequest, pk: UUID, verb: str) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.owned_by(request.user), pk=pk)
    if verb not in _KEY_VERBS:
        raise Http404
    try:
        _KEY_VERBS[verb](key)
    except KeyRevokedError as error:
        messages.error(request, str(error))
    return redirect("accounts:api-keys")
