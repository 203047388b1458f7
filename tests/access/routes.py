"""Every address of the product, and who may go there."""

from django.urls import URLResolver, get_resolver

from accounts.teams.api import MemberViewSet, TeamInvitationViewSet, TeamViewSet
from accounts.vault.api import TeamCredentialViewSet
from executions.api import ExecuteViewSet, ExecutionViewSet
from executions.compat.api import GraphScheduleViewSet, V1ViewSet
from executions.evaluation.api import EvaluationViewSet, TestCaseViewSet
from executions.insight.api import AnalysisViewSet
from executions.live.event_stream import EventStreamViewSet
from executions.replays.api import ReplayViewSet
from graphs.api import GraphViewSet, VersionViewSet
from graphs.draft_api import DraftViewSet
from graphs.file_api import GraphFileViewSet
from graphs.filing_api import FilingViewSet
from graphs.template_api import TemplateViewSet
from tests.api.routes import viewset_actions
from tests.pages.places import OPEN as OPEN_PAGES
from tests.pages.places import POST_ONLY, VISITED

# To everybody: getting in, and what says nothing about anybody.
OPEN_API = {
    ("/api/auth/register", "post"),
    ("/api/auth/token", "post"),
    ("/api/auth/token/refresh", "post"),
    ("/api/auth/logout", "post"),
    ("/api/hooks/<str:token>", "post"),  # the token and a signature say who may
    ("/api/auth/email/verify", "post"),
    ("/api/auth/password/reset", "post"),
    ("/api/auth/password/reset/confirm", "post"),
}
OPEN_PLACES = {
    "/api/schema",
    "/api/docs",
    "/api/",
    "/external-api/v1/",
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/language/",
}

# To everybody, who learns what is there instead.
ABSENT_PLACES = {
    *("/external-api/v1/store/<path:rest>", "/external-api/v1/tools/<path:rest>"),
    *("/external-api/v1/integrations/<path:rest>", "/api/store/<path:rest>"),
    "/api/oauth/<path:rest>",
}

# To people who have logged in, about themselves; no address names a thing that somebody else could have.
OWN_PAGES = {
    *("accounts:profile", "accounts:credits", "accounts:api-keys", "accounts:logins"),
    *("account_change_password", "account_set_password", "account_email"),
    *("accounts:two-factor", "accounts:two-factor-begin", "accounts:two-factor-on"),
    *("accounts:two-factor-off", "accounts:two-factor-codes", "socialaccount_connections"),
    *("accounts:log-out-everywhere", "accounts:statement", "executions:spending"),
    *("accounts:passkeys", "accounts:passkeys-begin", "accounts:passkeys-add"),
    *("knowledge:list", "triggers:list", "webhooks:list", "published:list"),
    *("mailboxes:list", "mailboxes:several"),
    *("knowledge:several", "triggers:several", "webhooks:several", "published:several"),
    *("vault:several", "files:several", "notifications:several", "accounts:several-keys"),
    *("triggers:presets", "triggers:several-presets", "graphs:several", "graphs:export-several"),
    *("vault:list", "vault:new", "vault:connect", "vault:callback"),
    *("graphs:list", "graphs:new", "graphs:import", "graphs:block-form"),
    *("executions:list", "executions:dashboard", "executions:several"),
    *("executions:words", "executions:accept-words"),
    *("files:list", "graphs:gallery", "graphs:take", "teams:list"),
    *("blocks:list", "blocks:catalogue", "blocks:detail"),
    *("notifications:list", "executions:counters", "notifications:read"),
    *("notifications:settings", "notifications:new-endpoint", "inbox:list"),
    *("retention:data", "retention:export", "retention:delete-account"),
}

# To the owner of what the address names; for everybody else it does not exist, save for the team it is shared with.
OWNER_PAGES = {
    *("accounts:change-api-key", "accounts:edit-api-key", "accounts:end-login"),
    *("socialaccount_disconnect", "accounts:passkeys-remove"),
    *("executions:compare", "executions:log", "executions:export", "executions:replay"),
    *("sharing:share", "sharing:unshare", "executions:try", "executions:try-run"),
    *("executions:estimate", "executions:preview", "graphs:changes", "graphs:restore"),
    *("vault:detail", "vault:check", "vault:default", "vault:revoke", "vault:delete"),
    *("vault:lend", "graphs:share", "teams:accept", "teams:decline"),
    *("teams:detail", "teams:rename", "teams:invite", "teams:withdraw", "teams:role"),
    *("teams:remove", "teams:leave", "teams:delete"),
    *("graphs:detail", "graphs:node", "graphs:edit", "graphs:json", "graphs:export"),
    *("graphs:delete", "graphs:activate", "graphs:file", "graphs:offer", "graphs:take-offered"),
    *("executions:detail", "executions:live", "executions:previews", "executions:results"),
    *("executions:nodes", "executions:node", "executions:firing", "executions:values"),
    *("executions:answer", "executions:outputs", "executions:stop", "executions:again"),
    *("executions:repeat", "executions:delete", "executions:start", "executions:last-values"),
    *("executions:recent", "files:download", "files:delete"),
    *("knowledge:detail", "knowledge:change", "knowledge:delete", "knowledge:document"),
    *("knowledge:refresh-document", "knowledge:delete-document"),
    *("triggers:detail", "triggers:pause", "triggers:resume", "triggers:run", "triggers:delete"),
    *("triggers:delete-preset", "triggers:new"),
    *("webhooks:detail", "webhooks:pause", "webhooks:resume", "webhooks:renew"),
    *("webhooks:try-out", "webhooks:delete", "webhooks:new"),
    *("mailboxes:detail", "mailboxes:pause", "mailboxes:resume", "mailboxes:look"),
    *("mailboxes:delete", "mailboxes:new"),
    *("published:detail", "published:pause", "published:resume", "published:renew"),
    *("published:delete", "published:new"),
    *("notifications:endpoint", "notifications:pause", "notifications:resume"),
    *("notifications:renew", "notifications:try-out", "notifications:delete"),
    *("notifications:resend", "inbox:question", "inbox:delegate", "inbox:take-back"),
    "retention:file",
    *("evaluation:tests", "evaluation:run", "evaluation:save", "evaluation:delete"),
    *("evaluation:detail", "evaluation:csv", "evaluation:stop", "evaluation:verdicts"),
    *("evaluation:add-check", "evaluation:remove-check"),
}
# What the members of a team may do with what is shared there: all of them, editors and owners, owners alone.
# What belongs to whoever has started a run they may see, and not do.
SEEN_PAGES = {
    *("executions:compare", "executions:log", "executions:export", "graphs:changes"),
    *("graphs:detail", "graphs:node", "graphs:export", "graphs:file", "teams:detail"),
    *("teams:leave", "graphs:take-offered"),
    *("executions:detail", "executions:live", "executions:previews", "executions:results"),
    *("executions:nodes", "executions:node", "executions:firing", "executions:values"),
    *("executions:outputs", "executions:last-values", "executions:recent"),
}
EDITORS_PAGES = {
    *("executions:estimate", "executions:preview", "graphs:restore"),
    *("webhooks:new", "published:new"),
    *("mailboxes:new", "evaluation:verdicts", "evaluation:add-check"),
    "evaluation:remove-check",
    *("graphs:edit", "graphs:json", "graphs:activate", "triggers:new"),
    *("executions:start", "executions:again", "executions:repeat", "executions:replay"),
    *("evaluation:tests", "evaluation:run", "evaluation:save", "evaluation:delete"),
}
GOVERNED_PAGES = {
    *("graphs:share", "graphs:offer", "graphs:delete", "teams:rename", "teams:invite"),
    *("teams:withdraw", "teams:role", "teams:remove", "teams:delete"),
}
STARTERS_PAGES = {"executions:stop", "executions:answer", "executions:delete"}
# The same for the API: viewset, action.
SEEN_ACTIONS = {
    (AnalysisViewSet, "retrieve"),
    (V1ViewSet, "results"),
    *((GraphFileViewSet, "export"), (GraphFileViewSet, "uses")),
    *((FilingViewSet, "retrieve"), (FilingViewSet, "update")),
    *((GraphViewSet, "retrieve"), (VersionViewSet, "list"), (VersionViewSet, "retrieve")),
    *((ExecutionViewSet, action) for action in ("list", "retrieve", "results", "why")),
    *((TestCaseViewSet, "list"), (TemplateViewSet, "take")),
    *((EventStreamViewSet, "stream"), (TeamViewSet, "retrieve"), (TeamViewSet, "leave")),
    *((MemberViewSet, "list"), (TeamCredentialViewSet, "list")),
}
EDITORS_ACTIONS = {
    *((V1ViewSet, "execute"), (GraphScheduleViewSet, "list"), (GraphScheduleViewSet, "create")),
    *((GraphViewSet, "update"), (VersionViewSet, "activate"), (ExecuteViewSet, "execute")),
    *((ReplayViewSet, "create"), (EvaluationViewSet, "create"), (EvaluationViewSet, "list")),
    *((TestCaseViewSet, action) for action in ("create", "update", "destroy")),
    *((DraftViewSet, action) for action in ("retrieve", "update", "destroy", "publish")),
}
GOVERNED_ACTIONS = {
    *((GraphViewSet, "share"), (GraphViewSet, "destroy"), (TemplateViewSet, "offer")),
    *((TeamViewSet, "update"), (TeamViewSet, "destroy")),
    *((MemberViewSet, "update"), (MemberViewSet, "destroy")),
    *((TeamInvitationViewSet, action) for action in ("list", "create", "destroy")),
}
STARTERS_ACTIONS = {(ExecutionViewSet, action) for action in ("stop", "destroy", "answer")}
MEMBERS = ("a viewer", "an editor", "a team owner")
WITHOUT_ADDRESS = {
    "vault:connect": "/credentials/connect/",
    "vault:callback": "/credentials/callback/",
}


def let_in(what, seen, editors, governed, starters):
    """How many of `MEMBERS`, counted from the last, are let in; None where there is nothing for them."""
    for may, where in ((3, seen), (2, editors), (1, governed), (0, starters)):
        if what in where:
            return may
    return None


def every_route(resolver=None, prefix="/", namespace=""):
    """(address, name with namespace) of every route that the product answers."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern, address, pattern.namespace or namespace)
        else:
            yield address, f"{namespace}:{pattern.name}" if namespace else pattern.name


def is_listed(address, name):
    """Whether this file, the permissions of the API or the rule of the admin says who may go there."""
    in_api = {address for address, *_ in viewset_actions()}
    return (
        address in in_api | OPEN_PLACES | ABSENT_PLACES
        or name in OPEN_PAGES | OWN_PAGES | OWNER_PAGES | VISITED
        or address.startswith("/admin/")
    )


def method_of(name):
    return "post" if name in POST_ONLY or name == "vault:connect" else "get"
