"""Every page and every button, so that promises can be tested on all of them."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse

from accounts import tokens
from accounts.identity import urls as identity_urls
from accounts.teams import services as teams
from accounts.teams.models import Team, TeamRole
from accounts.vault.models import Credential
from executions.evaluation.models import Evaluation
from executions.files import services as files
from executions.files.models import StoredFile
from executions.knowledge import services as knowledge
from executions.knowledge.models import Collection
from executions.mailboxes.models import Mailbox
from executions.models import NodeExecution
from executions.notifications import services as notifications
from executions.notifications.models import Endpoint
from executions.published.models import PublishedPage
from executions.retention import exporting
from executions.triggers.models import Preset, Schedule
from executions.webhooks.models import Webhook
from tests.factories import (
    ApiKeyFactory,
    CredentialFactory,
    EndpointFactory,
    MailboxFactory,
    NodeExecutionFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    TeamFactory,
    UserFactory,
    WebhookFactory,
)

# Pages that open with GET; a word is the block of the catalogue, the rest is filled from the ids of the test.
OPEN = {
    *("account_login", "account_logout", "account_signup", "account_inactive"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "account_email_verification_sent"),
    *("account_confirm_email", "mfa_authenticate", "openid_connect_login", "passkey_login"),
    *("openid_connect_callback", "socialaccount_login_cancelled"),
    *("sharing:shared", "inbox:by-link"),  # to whoever has its token
}
FOR_SOME = {"account_set_password"}  # leads on whoever has a password
WITH_ANOTHER_SITE = {"vault:connect", "vault:callback"}  # tests/vault has the whole way
# Of pages that their owner has published: who may open them is said by the page, see tests/published.
VISITED = {"published:visit", "published:anew", "published:result", "published:stream"}
POST_ONLY = {
    *("accounts:change-api-key", "accounts:log-out-everywhere", "accounts:end-login"),
    *("accounts:two-factor-begin", "accounts:two-factor-on", "accounts:two-factor-off"),
    *("accounts:passkeys-begin", "accounts:passkeys-add", "accounts:passkeys-remove"),
    *("accounts:two-factor-codes", "socialaccount_disconnect", "graphs:activate", "graphs:delete"),
    *("executions:stop", "executions:again", "executions:delete", "executions:answer"),
    *("vault:check", "vault:default", "vault:revoke", "vault:delete"),
    *("knowledge:delete", "knowledge:refresh-document", "knowledge:delete-document"),
    *("triggers:pause", "triggers:resume", "triggers:run", "triggers:delete"),
    *("triggers:delete-preset", "files:delete", "sharing:share", "sharing:unshare"),
    *("executions:try", "executions:try-run", "graphs:restore", "graphs:take", "graphs:file"),
    *("executions:several", "executions:accept-words", "executions:preview"),
    *("graphs:several", "graphs:export-several", "webhooks:several", "published:several"),
    "mailboxes:several",
    *("triggers:several", "triggers:several-presets", "files:several", "knowledge:several"),
    *("vault:several", "notifications:several", "accounts:several-keys"),
    *("webhooks:pause", "webhooks:resume", "webhooks:renew", "webhooks:try-out"),
    *("webhooks:delete", "published:pause", "published:resume", "published:renew"),
    *("published:delete", "graphs:share", "graphs:offer", "graphs:take-offered", "vault:lend"),
    *("notifications:read", "notifications:pause", "notifications:resume"),
    *("notifications:renew", "notifications:try-out", "notifications:delete"),
    *("notifications:resend", "inbox:delegate", "inbox:take-back"),
    *("retention:export", "retention:delete-account"),
    *("teams:rename", "teams:invite", "teams:withdraw", "teams:role", "teams:remove"),
    *("mailboxes:pause", "mailboxes:resume", "mailboxes:look", "mailboxes:delete"),
    *("teams:leave", "teams:delete", "teams:accept", "teams:decline"),
    *("evaluation:run", "evaluation:save", "evaluation:delete", "evaluation:stop"),
    *("evaluation:add-check", "evaluation:remove-check"),
}


def names():
    """The names of all page routes."""
    found = set()
    apps = (
        *("accounts", "teams", "vault", "graphs", "executions", "files", "knowledge"),
        *("triggers", "sharing", "webhooks", "published", "evaluation", "blocks"),
        *("notifications", "inbox", "retention", "mailboxes"),
    )
    for namespace in apps:
        resolver = get_resolver().namespace_dict[namespace][1]
        routes = [route for route in resolver.url_patterns if isinstance(route, URLPattern)]
        found |= {f"{namespace}:{route.name}" for route in routes}
        found |= {route.name for route in identity_urls.urlpatterns}
    return found - WITH_ANOTHER_SITE - VISITED - FOR_SOME


def address_of(name, firing):
    """The address of a route for things of this firing's owner. What it is about is made where there is none."""
    query = f"?node={firing.node_id}" if name.endswith((":node", ":last-values", ":replay")) else ""
    return reverse(name, kwargs=_place_of(name, firing)) + query


def _place_of(name, firing):
    """What is put into the route."""
    if name in _PLACES:
        return _PLACES[name](firing.execution)
    if name in _ABOUT_FIRINGS:
        return {"pk": firing.execution_id, "firing_pk": firing.pk}
    if not takes_id(name):
        return None
    if name.startswith("teams:"):
        return _team_place(firing.execution.user, name)
    return {"pk": _thing_of(firing.execution, name)}


_ABOUT_FIRINGS = {"executions:firing", "executions:answer", "executions:values"}
_BELOW_GRAPHS = (
    *("executions:start", "executions:try", "executions:estimate", "executions:preview"),
    *("executions:recent", "executions:last-values", "evaluation:tests", "evaluation:verdicts"),
    *("evaluation:run", "triggers:new", "webhooks:new", "mailboxes:new", "published:new"),
)
_ABOUT_VERSIONS = ("graphs:activate", "graphs:changes", "graphs:restore")
_PLACES = {
    **dict.fromkeys(_BELOW_GRAPHS, lambda execution: {"graph_pk": execution.graph_id}),
    **dict.fromkeys(_ABOUT_VERSIONS, lambda execution: {"pk": execution.graph_id, "number": 1}),
    "graphs:block-form": lambda _execution: {"block_id": "llm_call_block"},
    "graphs:take": lambda _execution: {"slug": "contacts"},
    "blocks:detail": lambda _execution: {"block_id": "llm_call_block"},
    "vault:new": lambda _execution: {"type_": "api_key"},
    "evaluation:save": lambda execution: {"pk": execution.pk},
    "evaluation:delete": lambda execution: {"pk": _case_of(execution)},
    "evaluation:add-check": lambda execution: {"pk": _case_of(execution)},
    "evaluation:remove-check": lambda execution: {"pk": _case_of(execution), "position": 0},
    "triggers:delete-preset": lambda execution: {"pk": _preset_of(execution)},
    "accounts:change-api-key": lambda execution: {"pk": execution.pk, "verb": "suspend"},
    "accounts:edit-api-key": lambda execution: {"pk": _key_of(execution.user)},
    "accounts:end-login": lambda execution: {"pk": _login_of(execution.user)},
    "accounts:passkeys-remove": lambda execution: {"pk": _passkey_of(execution.user)},
    "socialaccount_disconnect": lambda execution: {"pk": _connection_of(execution.user)},
}


def _thing_of(execution, name):
    """The id of what a page of this room is about; in the other rooms that is the run."""
    make = {
        "graphs": lambda: execution.graph_id,
        "vault": lambda: _credential_of(execution.user),
        "files": lambda: _file_of(execution.user),
        "knowledge": lambda: _knowledge_of(execution.user, name),
        "triggers": lambda: _schedule_of(execution),
        "webhooks": lambda: _webhook_of(execution),
        "published": lambda: _page_of(execution),
        "mailboxes": lambda: _mailbox_of(execution),
        "inbox": lambda: _asked(execution),
        "retention": lambda: _copy_of(execution.user),
        "notifications": lambda: _told(execution.user, name),
        "evaluation": lambda: _evaluation_of(execution),
    }
    return make.get(name.partition(":")[0], lambda: execution.pk)()


def takes_id(name):
    """Whether the route is about one graph or run."""
    namespace, _, short = name.partition(":")
    if name in {"triggers:new", "webhooks:new", "published:new", "mailboxes:new"}:
        return True
    if namespace == "blocks" or short in {"list", "new", "import", "block-form", "spending"} | {
        *("dashboard", "gallery", "take", "several", "words", "accept-words"),
        *("counters", "read", "settings", "new-endpoint", "presets"),
        *("several-presets", "export-several"),
    }:
        return False
    return (
        namespace in {"graphs", "executions", "vault", "files", "knowledge", "triggers"}
        or namespace in {"sharing", "webhooks", "published", "teams", "notifications"}
        or namespace in {"evaluation", "inbox", "mailboxes"}
        or name == "retention:file"
        or name in {"accounts:change-api-key", "accounts:edit-api-key", "accounts:end-login"}
        or name in {"socialaccount_disconnect", "accounts:passkeys-remove"}
    )


def _team_place(user, name):
    team = Team.objects.governed_by(user).first() or TeamFactory(owner=user)
    if name in {"teams:accept", "teams:decline"}:
        other = TeamFactory(owner=UserFactory())
        return {"pk": _invitation(other, user.email).pk}
    place = {"pk": team.pk}
    if name == "teams:withdraw":
        place["invitation_pk"] = _invitation(team, "friend@example.com").pk
    if name in {"teams:role", "teams:remove"}:
        place["user_pk"] = user.pk
    return place


def _invitation(team, email):
    owner = team.memberships.filter(role="owner").first().user
    return teams.invite(team=team, email=email, role=TeamRole.EDITOR, by=owner)


def _key_of(user):
    return (user.api_keys.first() or ApiKeyFactory(user=user)).pk


def _login_of(user):
    if not user.login_sessions.exists():
        tokens.open_session(user)
    return user.login_sessions.get().pk


def _connection_of(user):
    rows = SocialAccount.objects
    return rows.get_or_create(user=user, defaults={"provider": "company", "uid": "7"})[0].pk


def _passkey_of(user):
    data = {"name": "laptop", "credential": {}}
    return Authenticator.objects.get_or_create(user=user, type="webauthn", data=data)[0].pk


def _credential_of(user):
    credential = Credential.objects.owned_by(user).first() or CredentialFactory(user=user)
    return credential.pk


def _knowledge_of(user, name):
    collection = Collection.objects.owned_by(user).first()
    collection = collection or knowledge.create_collection(user.pk, name="Handbook")
    if "document" not in name:
        return collection.pk
    document = collection.documents.first()
    return (document or knowledge.add_document(collection, name="tea", text="Tea.")).pk


def _file_of(user):
    file = StoredFile.objects.owned_by(user).first()
    return (file or files.keep(user.pk, ContentFile(b"hello"), name="notes.txt")).pk


def _schedule_of(execution):
    found = Schedule.objects.owned_by(execution.user).first()
    return (found or ScheduleFactory(user=execution.user, graph=execution.graph)).pk


def _preset_of(execution):
    found = Preset.objects.owned_by(execution.user).first()
    return (found or PresetFactory(user=execution.user, graph=execution.graph)).pk


def _webhook_of(execution):
    found = Webhook.objects.owned_by(execution.user).first()
    return (found or WebhookFactory(user=execution.user, version=execution.version)).pk


def _mailbox_of(execution):
    found = Mailbox.objects.owned_by(execution.user).first()
    return (found or MailboxFactory(user=execution.user, graph=execution.graph)).pk


def _page_of(execution):
    found = PublishedPage.objects.owned_by(execution.user).first()
    return (found or PublishedPageFactory(user=execution.user, graph=execution.graph)).pk


def _told(user, name):
    endpoint = Endpoint.objects.owned_by(user).first() or EndpointFactory(user=user)
    if name != "notifications:resend":
        return endpoint.pk
    return (endpoint.dispatches.first() or notifications.try_out(endpoint)).pk


def _asked(execution):
    waiting = {"status": "WAITING", "waits_for": "person", "inputs": {"data": 1}}
    asked = NodeExecution.objects.asking().filter(execution=execution).first()
    place = {"execution": execution, "position": execution.node_executions.count()}
    return (asked or NodeExecutionFactory(**place, **waiting)).pk


def _copy_of(user):
    exporting.ask(user)
    exporting.work_off()
    return user.data_exports.newest_first()[0].pk


def _case_of(execution):
    return execution.graph.test_cases.get_or_create(name="tea")[0].pk


def _evaluation_of(execution):
    place = {"graph": execution.graph, "version": execution.version}
    return Evaluation.objects.get_or_create(user=execution.user, name="tea", **place)[0].pk
