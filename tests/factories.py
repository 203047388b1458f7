"""Rows for tests, one factory per model; a field that no test reads has a plain value."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import ApiKey, Scope, User
from accounts.teams.models import Membership, Team
from accounts.vault.models import Credential
from executions.engine.status import Status
from executions.mailboxes.models import Mailbox
from executions.models import Execution, NodeExecution
from executions.notifications import services as notifications
from executions.notifications.models import Endpoint
from executions.published.models import PublishedPage
from executions.triggers.models import Preset, Schedule
from executions.webhooks import services as webhooks
from executions.webhooks.models import Webhook
from graphs import services, spec
from graphs.models import GraphVersion

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return User.objects.create_user(**kwargs)


class ApiKeyFactory(DjangoModelFactory):
    class Meta:
        model = ApiKey

    user = factory.SubFactory(UserFactory)
    name = "A program"
    prefix = "aloom_abcdef"
    hash = factory.Sequence(lambda n: f"{n:064x}")
    permissions = factory.LazyFunction(lambda: list(Scope.values))


class TeamFactory(DjangoModelFactory):
    """A team with its owner in it, and who is named as `members`: {person: role}."""

    class Meta:
        model = Team

    name = "Kitchen"

    @classmethod
    def _create(cls, model_class, *args, owner, members=None, **kwargs):
        team = Team.objects.create(**kwargs)
        for person, role in {owner: "owner", **(members or {})}.items():
            Membership.objects.create(team=team, user=person, role=role)
        return team


class CredentialFactory(DjangoModelFactory):
    class Meta:
        model = Credential

    user = factory.SubFactory(UserFactory)
    title = "Work"
    provider = "http"
    type = "api_key"
    hosts = factory.LazyFunction(lambda: ["example.com"])
    secret = "a secret that no key can read"


def echo_drawing():
    """What goes in as `text` comes out as `answer`."""
    return spec.Graph(
        nodes={
            "ask": spec.Node("ask", "text_input_block", {"name": "text"}),
            "tell": spec.Node("tell", "output_block", {"name": "answer"}),
        },
        links=(spec.Link("wire", "ask", "text", "tell", "value"),),
    )


class VersionFactory(DjangoModelFactory):
    """A graph with its first version."""

    class Meta:
        model = GraphVersion

    owner = factory.SubFactory(UserFactory)
    name = "Echo"
    description = ""
    drawing = factory.LazyFunction(echo_drawing)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return services.create_graph(**kwargs)


class ExecutionFactory(DjangoModelFactory):
    """A run's row, without the work that would have led to it."""

    class Meta:
        model = Execution

    user = factory.SubFactory(UserFactory)
    version = factory.SubFactory(VersionFactory, owner=factory.SelfAttribute("..user"))
    graph = factory.SelfAttribute("version.graph")
    status = Status.COMPLETED


class NodeExecutionFactory(DjangoModelFactory):
    class Meta:
        model = NodeExecution

    execution = factory.SubFactory(ExecutionFactory)
    node_id = "tell"
    block_id = "output_block"
    position = factory.Sequence(lambda n: n)
    status = Status.COMPLETED


class PresetFactory(DjangoModelFactory):
    class Meta:
        model = Preset

    user = factory.SubFactory(UserFactory)
    graph = factory.LazyAttribute(lambda preset: VersionFactory(owner=preset.user).graph)
    name = "Usual"
    inputs = factory.LazyFunction(lambda: {"text": "as usual"})


class ScheduleFactory(DjangoModelFactory):
    """Due every day at seven, the next time in the far future."""

    class Meta:
        model = Schedule

    user = factory.SubFactory(UserFactory)
    graph = factory.LazyAttribute(lambda schedule: VersionFactory(owner=schedule.user).graph)
    name = "Every morning"
    inputs = factory.LazyFunction(lambda: {"text": "good morning"})
    kind = "cron"
    cron = "0 7 * * *"
    starts_at = datetime(2026, 1, 1, tzinfo=UTC)
    next_due_at = datetime(2099, 1, 1, 7, tzinfo=UTC)


class WebhookFactory(DjangoModelFactory):
    """One that takes whatever comes, with the graph's usual input."""

    class Meta:
        model = Webhook

    user = factory.SubFactory(UserFactory)
    version = factory.LazyAttribute(lambda webhook: VersionFactory(owner=webhook.user))
    name = "Orders"
    signature = "none"
    is_pinned = False

    @classmethod
    def _create(cls, model_class, *, user, version, is_pinned, secret="", **values):
        return webhooks.create_webhook(
            user=user, version=version, is_pinned=is_pinned, values=values, secret=secret
        )


class MailboxFactory(DjangoModelFactory):
    """One of a server that is not there."""

    class Meta:
        model = Mailbox

    user = factory.SubFactory(UserFactory)
    graph = factory.LazyAttribute(lambda mailbox: VersionFactory(owner=mailbox.user).graph)
    name = "Questions"
    server = "imap.example.com"


class PublishedPageFactory(DjangoModelFactory):
    """A public form of a graph with one text input."""

    class Meta:
        model = PublishedPage

    user = factory.SubFactory(UserFactory)
    graph = factory.LazyAttribute(lambda page: VersionFactory(owner=page.user).graph)
    name = "Ask us"
    is_public = True


class EndpointFactory(DjangoModelFactory):
    """One that is told how runs end."""

    class Meta:
        model = Endpoint

    user = factory.SubFactory(UserFactory)
    name = "Watchdog"
    url = "http://127.0.0.1/hook"
    events = factory.LazyFunction(lambda: ["run.finished", "run.failed"])

    @classmethod
    def _create(cls, model_class, *args, **values):
        return notifications.create_endpoint(**values)
