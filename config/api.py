"""The API: every route on one screen."""

from typing import Any

from django.urls import URLPattern, path, re_path
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.viewsets import ViewSetMixin

from accounts.api import ApiKeyViewSet, UserViewSet
from accounts.identity.api import AuthViewSet, IdentityViewSet
from accounts.teams.api import (
    InvitationViewSet,
    MemberViewSet,
    TeamInvitationViewSet,
    TeamViewSet,
)
from accounts.vault.api import CredentialViewSet, TeamCredentialViewSet
from blocks.api import BlockViewSet, ModelViewSet
from config.errors import not_offered, unknown_path
from executions.api import BlockExecuteViewSet, ExecuteViewSet, ExecutionViewSet
from executions.compat.absent import (
    BY_CREDENTIALS,
    BY_KEYS,
    BY_RUNS,
    IN_THE_GALLERY,
)
from executions.compat.api import (
    GraphScheduleViewSet,
    LibraryPresetViewSet,
    V1KeyViewSet,
    V1ViewSet,
)
from executions.evaluation.api import EvaluationViewSet, TestCaseViewSet
from executions.files.api import FileViewSet
from executions.inbox.api import InboxViewSet
from executions.insight.api import AnalysisViewSet
from executions.knowledge.api import CollectionViewSet, DocumentViewSet
from executions.live.event_stream import EventStreamViewSet
from executions.mailboxes.api import MailboxViewSet
from executions.notifications.api import EndpointViewSet, NotificationViewSet
from executions.published.api import PublishedPageViewSet
from executions.replays.api import ReplayViewSet
from executions.retention.api import DataViewSet
from executions.triggers.api import PresetViewSet
from executions.triggers.schedule_api import ScheduleViewSet
from executions.webhooks.api import WebhookViewSet
from executions.webhooks.ingress import HookViewSet
from graphs.api import GraphViewSet, VersionViewSet
from graphs.draft_api import DraftViewSet
from graphs.file_api import GraphFileViewSet
from graphs.filing_api import FilingViewSet
from graphs.template_api import TemplateViewSet


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; JSON unless YAML is asked for."""

    renderer_classes = [
        *(OpenApiJsonRenderer, OpenApiJsonRenderer2),
        *(OpenApiYamlRenderer, OpenApiYamlRenderer2),
    ]

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version. What an address says of one would be written into a header."""


class DocsView(SpectacularSwaggerSplitView):
    """The documentation page; everything on it is served from here, and no script or style is inline."""

    template_name = "api_docs.html"


def _route(address: str, viewset: type[ViewSetMixin], **actions: Any) -> URLPattern:
    """The address, and by HTTP method the view's action."""
    return path(address, viewset.as_view(actions))


GRAPH = "graphs/<uuid:graph_id>"
RUN = f"{GRAPH}/executions/<uuid:pk>"
NODE_EXECUTION = "executions/<uuid:pk>/node-executions/<uuid:node_execution_id>"
KEY = "user/api-keys/<uuid:pk>"
COLLECTION = "knowledge/collections/<uuid:pk>"
DOCUMENT = "knowledge/documents/<uuid:pk>"
LIBRARY_PRESET = "library/presets/<uuid:pk>"
SCHEDULE = "schedules/<uuid:pk>"
WEBHOOK = "webhooks/<uuid:pk>"
PAGE = "pages/<uuid:pk>"
MAILBOX = "mailboxes/<uuid:pk>"
CREDENTIAL = "credentials/<uuid:pk>"
TEAM = "teams/<uuid:pk>"
ENDPOINT = "notifications/endpoints/<uuid:pk>"
IN_TEAM = "teams/<uuid:team_id>"

# The same under the names that the original platform has for it.
_ALIASES = [
    _route("auth/user", UserViewSet, get="retrieve", post="introduce", put="update"),
    _route("auth/user/email", IdentityViewSet, post="change_email"),
    _route("auth/user/timezone", UserViewSet, get="timezone", post="change_timezone"),
    _route("auth/user/preferences", NotificationViewSet, get="preferences", post="change"),
    _route("credits", UserViewSet, get="credits"),
    _route("api-keys", V1KeyViewSet, get="list", post="create"),
    _route("api-keys/<uuid:pk>", V1KeyViewSet, get="retrieve", put="update", delete="destroy"),
    _route("api-keys/<uuid:pk>/suspend", V1KeyViewSet, post="suspend"),
    _route("api-keys/<uuid:pk>/permissions", V1KeyViewSet, put="permissions"),
    _route(f"{GRAPH}/schedules", GraphScheduleViewSet, get="list", post="create"),
    _route("library/presets", LibraryPresetViewSet, get="list", post="create"),
    _route(LIBRARY_PRESET, LibraryPresetViewSet, get="retrieve", patch="change", delete="destroy"),
    _route(f"{LIBRARY_PRESET}/execute", LibraryPresetViewSet, post="execute"),
    path("store/<path:rest>", not_offered, {"instead": IN_THE_GALLERY}),
    path("oauth/<path:rest>", not_offered, {"instead": BY_KEYS}),
]

# The external API v1 of the AutoGPT platform, below /external-api/v1/: its clients find our views under their addresses.
external = [
    _route("me", V1ViewSet, get="me"),
    _route("blocks", BlockViewSet, get="list"),
    _route("blocks/<str:block_id>/execute", BlockExecuteViewSet, post="execute"),
    _route("graphs", V1ViewSet, post="create"),
    _route(f"{GRAPH}/execute/<int:version>", V1ViewSet, post="execute"),
    _route(f"{GRAPH}/executions/<uuid:pk>/results", V1ViewSet, get="results"),
    path("store/<path:rest>", not_offered, {"instead": IN_THE_GALLERY}),
    path("tools/<path:rest>", not_offered, {"instead": BY_RUNS}),
    path("integrations/<path:rest>", not_offered, {"instead": BY_CREDENTIALS}),
    re_path("", unknown_path),
]

# Routes are tried in order, so those come first that are asked most.
_STARTING_AND_WATCHING = [
    _route(f"{GRAPH}/execute", ExecuteViewSet, post="execute"),
    _route(f"{GRAPH}/execute/<int:version>", ExecuteViewSet, post="execute"),
    _route(f"{GRAPH}/executions", ExecutionViewSet, get="list"),
    _route(RUN, ExecutionViewSet, get="retrieve"),
    _route(f"{RUN}/results", ExecutionViewSet, get="results"),
    _route(f"{RUN}/stop", ExecutionViewSet, post="stop"),
    _route("executions", ExecutionViewSet, get="list"),
    _route("executions/<uuid:pk>", ExecutionViewSet, get="retrieve", delete="destroy"),
    _route("executions/<uuid:pk>/results", ExecutionViewSet, get="results"),
    _route("executions/<uuid:pk>/events", EventStreamViewSet, get="stream"),
    _route("executions/<uuid:pk>/nodes/<str:node_id>/why", ExecutionViewSet, get="why"),
    _route("executions/<uuid:pk>/replay", ReplayViewSet, post="create"),
    _route(f"{NODE_EXECUTION}/answer", ExecutionViewSet, post="answer"),
    path("hooks/<str:token>", HookViewSet.as_view({"post": "receive"}), name="hook"),
]

urlpatterns = [
    *_STARTING_AND_WATCHING,
    _route("auth/register", AuthViewSet, post="register"),
    _route("auth/email/verify", AuthViewSet, post="verify_email"),
    _route("auth/token", AuthViewSet, post="token"),
    _route("auth/token/refresh", AuthViewSet, post="refresh"),
    _route("auth/logout", AuthViewSet, post="logout"),
    _route("auth/password/reset", AuthViewSet, post="send_reset"),
    _route("auth/password/reset/confirm", AuthViewSet, post="reset_password"),
    _route("auth/password", IdentityViewSet, put="change_password"),
    _route("auth/email", IdentityViewSet, put="change_email"),
    _route("auth/logins", IdentityViewSet, get="logins"),
    _route("auth/logins/<uuid:pk>", IdentityViewSet, delete="end_login"),
    _route("auth/logout-everywhere", IdentityViewSet, post="log_out_everywhere"),
    _route("auth/ws-ticket", IdentityViewSet, post="ws_ticket"),
    _route("auth/second-factor", IdentityViewSet, get="second_factor"),
    _route("auth/second-factor/begin", IdentityViewSet, post="begin_second_factor"),
    _route("auth/second-factor/turn-on", IdentityViewSet, post="turn_on"),
    _route("auth/second-factor/turn-off", IdentityViewSet, post="turn_off"),
    _route("auth/second-factor/recovery-codes", IdentityViewSet, post="new_recovery_codes"),
    _route("user", UserViewSet, get="retrieve", put="update"),
    _route("user/retention", DataViewSet, get="policy", put="change_policy"),
    _route("user/exports", DataViewSet, get="list", post="export"),
    _route("user/exports/<uuid:pk>/download", DataViewSet, get="download"),
    _route("user/delete", DataViewSet, post="delete_account"),
    _route("user/credits", UserViewSet, get="credits"),
    _route("user/credits/statement", UserViewSet, get="statement"),
    _route("user/api-keys", ApiKeyViewSet, get="list", post="create"),
    _route(KEY, ApiKeyViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{KEY}/suspend", ApiKeyViewSet, post="suspend"),
    _route(f"{KEY}/resume", ApiKeyViewSet, post="resume"),
    _route(f"{KEY}/permissions", ApiKeyViewSet, put="permissions"),
    *_ALIASES,
    _route("teams", TeamViewSet, get="list", post="create"),
    _route(TEAM, TeamViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{TEAM}/leave", TeamViewSet, post="leave"),
    _route(f"{IN_TEAM}/members", MemberViewSet, get="list"),
    _route(f"{IN_TEAM}/members/<uuid:user_id>", MemberViewSet, put="update", delete="destroy"),
    _route(f"{IN_TEAM}/invitations", TeamInvitationViewSet, get="list", post="create"),
    _route(f"{IN_TEAM}/invitations/<uuid:pk>", TeamInvitationViewSet, delete="destroy"),
    _route(f"{IN_TEAM}/credentials", TeamCredentialViewSet, get="list"),
    _route("invitations", InvitationViewSet, get="list"),
    _route("invitations/<uuid:pk>/accept", InvitationViewSet, post="accept"),
    _route("invitations/<uuid:pk>/decline", InvitationViewSet, post="decline"),
    _route("credentials", CredentialViewSet, get="list", post="create"),
    _route("credentials/connect", CredentialViewSet, post="connect"),
    _route(CREDENTIAL, CredentialViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{CREDENTIAL}/test", CredentialViewSet, post="check"),
    _route(f"{CREDENTIAL}/models", CredentialViewSet, get="models"),
    _route(f"{CREDENTIAL}/revoke", CredentialViewSet, post="revoke"),
    _route(f"{CREDENTIAL}/default", CredentialViewSet, post="default"),
    _route(f"{CREDENTIAL}/team", CredentialViewSet, put="lend"),
    _route(f"{CREDENTIAL}/usage", CredentialViewSet, get="uses"),
    _route("files", FileViewSet, get="list", post="create"),
    _route("files/<uuid:pk>", FileViewSet, get="retrieve", delete="destroy"),
    _route("files/<uuid:pk>/download", FileViewSet, get="download"),
    _route("knowledge/collections", CollectionViewSet, get="list", post="create"),
    _route(COLLECTION, CollectionViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{COLLECTION}/documents", CollectionViewSet, get="documents", post="add"),
    _route("knowledge/search", CollectionViewSet, post="search"),
    _route(DOCUMENT, DocumentViewSet, get="retrieve", delete="destroy"),
    _route(f"{DOCUMENT}/refresh", DocumentViewSet, post="refresh"),
    _route("graphs", GraphViewSet, get="list", post="create"),
    _route("graphs/import", GraphFileViewSet, post="take_in"),
    _route(GRAPH, GraphViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{GRAPH}/analysis", AnalysisViewSet, get="retrieve"),
    _route(f"{GRAPH}/export", GraphFileViewSet, get="export"),
    _route(f"{GRAPH}/uses", GraphFileViewSet, get="uses"),
    _route(f"{GRAPH}/tests", TestCaseViewSet, get="list", post="create"),
    _route(f"{GRAPH}/tests/<uuid:pk>", TestCaseViewSet, put="update", delete="destroy"),
    _route(f"{GRAPH}/evaluations", EvaluationViewSet, get="list", post="create"),
    _route("evaluations/<uuid:pk>", EvaluationViewSet, get="retrieve"),
    _route("evaluations/<uuid:pk>/stop", EvaluationViewSet, post="stop"),
    _route(f"{GRAPH}/filing", FilingViewSet, get="retrieve", put="update"),
    _route(f"{GRAPH}/team", GraphViewSet, put="share"),
    _route(f"{GRAPH}/template", TemplateViewSet, put="offer"),
    _route("templates", TemplateViewSet, get="list"),
    _route("templates/<uuid:graph_id>/take", TemplateViewSet, post="take"),
    _route(f"{GRAPH}/versions", VersionViewSet, get="list"),
    _route(f"{GRAPH}/versions/active", VersionViewSet, put="activate"),
    _route(f"{GRAPH}/versions/<int:version>", VersionViewSet, get="retrieve"),
    _route(f"{GRAPH}/draft", DraftViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{GRAPH}/draft/publish", DraftViewSet, post="publish"),
    _route("inbox", InboxViewSet, get="list"),
    _route("inbox/<uuid:pk>", InboxViewSet, get="retrieve"),
    _route("inbox/<uuid:pk>/answer", InboxViewSet, post="answer"),
    _route("inbox/<uuid:pk>/delegate", InboxViewSet, post="delegate", delete="take_back"),
    _route("presets", PresetViewSet, get="list", post="create"),
    _route("presets/<uuid:pk>", PresetViewSet, get="retrieve", put="update", delete="destroy"),
    _route("schedules", ScheduleViewSet, get="list", post="create"),
    _route(SCHEDULE, ScheduleViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{SCHEDULE}/pause", ScheduleViewSet, post="pause"),
    _route(f"{SCHEDULE}/resume", ScheduleViewSet, post="resume"),
    _route(f"{SCHEDULE}/run", ScheduleViewSet, post="run"),
    _route(f"{SCHEDULE}/history", ScheduleViewSet, get="history"),
    _route("webhooks", WebhookViewSet, get="list", post="create"),
    _route(WEBHOOK, WebhookViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{WEBHOOK}/pause", WebhookViewSet, post="pause"),
    _route(f"{WEBHOOK}/resume", WebhookViewSet, post="resume"),
    _route(f"{WEBHOOK}/renew", WebhookViewSet, post="renew"),
    _route(f"{WEBHOOK}/test", WebhookViewSet, post="try_out"),
    _route(f"{WEBHOOK}/deliveries", WebhookViewSet, get="deliveries"),
    _route("mailboxes", MailboxViewSet, get="list", post="create"),
    _route(MAILBOX, MailboxViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{MAILBOX}/pause", MailboxViewSet, post="pause"),
    _route(f"{MAILBOX}/resume", MailboxViewSet, post="resume"),
    _route(f"{MAILBOX}/look", MailboxViewSet, post="look"),
    _route(f"{MAILBOX}/arrivals", MailboxViewSet, get="arrivals"),
    _route("pages", PublishedPageViewSet, get="list", post="create"),
    _route(PAGE, PublishedPageViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{PAGE}/pause", PublishedPageViewSet, post="pause"),
    _route(f"{PAGE}/resume", PublishedPageViewSet, post="resume"),
    _route(f"{PAGE}/renew", PublishedPageViewSet, post="renew"),
    _route("notifications", NotificationViewSet, get="list"),
    _route("notifications/read", NotificationViewSet, post="mark_read"),
    _route("notifications/preferences", NotificationViewSet, get="preferences", put="change"),
    _route("notifications/dispatches", NotificationViewSet, get="dispatches"),
    _route("notifications/dispatches/<uuid:pk>/resend", NotificationViewSet, post="resend"),
    _route("notifications/endpoints", EndpointViewSet, get="list", post="create"),
    _route(ENDPOINT, EndpointViewSet, get="retrieve", put="update", delete="destroy"),
    _route(f"{ENDPOINT}/pause", EndpointViewSet, post="pause"),
    _route(f"{ENDPOINT}/resume", EndpointViewSet, post="resume"),
    _route(f"{ENDPOINT}/renew", EndpointViewSet, post="renew"),
    _route(f"{ENDPOINT}/test", EndpointViewSet, post="try_out"),
    _route(f"{ENDPOINT}/dispatches", EndpointViewSet, get="dispatches"),
    _route("blocks", BlockViewSet, get="list"),
    _route("blocks/<str:block_id>", BlockViewSet, get="retrieve"),
    _route("blocks/<str:block_id>/execute", BlockExecuteViewSet, post="execute"),
    _route("models", ModelViewSet, get="retrieve"),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="api-docs"),
    re_path("", unknown_path),
]
