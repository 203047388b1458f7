"""The Django admin: who gets in, what they see, what they can do."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts import credits, keys, tokens
from accounts.audit import log
from accounts.audit.models import Action, AuditEntry
from accounts.models import (
    ApiKey,
    BlockPrice,
    BlockSwitch,
    CreditEntry,
    LoginSession,
    ModelPrice,
    TokenUsage,
    User,
)
from executions.engine.status import Status
from executions.models import Event, Execution, StaticValue, StoredValue, Worker
from executions.notifications.models import Dispatch
from executions.triggers.models import Schedule
from graphs.models import Graph, GraphVersion, Link, Node
from tests.factories import (
    PASSWORD,
    ApiKeyFactory,
    ExecutionFactory,
    NodeExecutionFactory,
    ScheduleFactory,
    UserFactory,
)

OURS = {"accounts", "graphs", "executions", "audit"}
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS),
    key=lambda model: model._meta.label,
)
READ_ONLY = [model for model in MODELS if model not in {User, BlockPrice, BlockSwitch, ModelPrice}]


def name_of(model):
    return model._meta.label


def browser(role):
    client = Client()
    client.force_login(UserFactory(email=f"{role}@example.com", role=role))
    return client


@pytest.fixture
def operator(db):
    return browser("operator")


@pytest.fixture
def chief(db):
    return browser("admin")


@pytest.fixture
def rows(user, version):
    """One row of every model."""
    execution = ExecutionFactory(
        user=user, version=version, status=Status.RUNNING, inputs={"a": "<b>x"}
    )
    tokens.open_session(user)
    firing = NodeExecutionFactory(execution=execution)
    return {
        User: user,
        ApiKey: ApiKeyFactory(user=user),
        LoginSession: user.login_sessions.get(),
        CreditEntry: user.credit_entries.get(),
        BlockPrice: BlockPrice.objects.create(block_id="llm_call_block", price=2),
        BlockSwitch: BlockSwitch.objects.create(block_id="send_mail_block"),
        AuditEntry: log.record(Action.EXPORT, actor=user, target="<b>x"),
        ModelPrice: ModelPrice.objects.get(pattern="gpt-4o-mini*"),
        TokenUsage: TokenUsage.objects.create(
            user=user,
            provider="openai",
            model="m",
            input_tokens=1,
            output_tokens=2,
            price=3,
            reference="a",
        ),
        Graph: version.graph,
        GraphVersion: version,
        Node: version.nodes.first(),
        Link: version.links.first(),
        Execution: execution,
        type(firing): firing,
        Event: Event.objects.create(execution=execution, seq=100, kind="execution", data={}),
        StaticValue: StaticValue.objects.create(execution=execution, node_id="a", pin="b", value=1),
        StoredValue: StoredValue.objects.create(owner=execution.user, key="k", value=1),
        Worker: Worker.objects.create(host="here", pid=1, lock_key=1),
    }


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def act(client, name, *rows, **given):
    chosen = {"action": name, "_selected_action": [row.pk for row in rows]}
    return client.post(list_of(type(rows[0])), chosen | given, follow=True)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_every_model_is_there(rows):
    assert set(rows) == set(MODELS)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_operators_see_every_list_and_every_row(operator, rows, model):
    row = rows[model]
    assert operator.get(list_of(model)).status_code == 200
    assert operator.get(list_of(model), {"q": "x"}).status_code == 200
    answer = operator.get(page_of(row))
    assert answer.status_code == 200
    assert "<b>x" not in answer.content.decode()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_nobody_else_gets_in(page_client, rows, model):
    assert page_client.get(list_of(model)).status_code == 302
    assert page_client.get(page_of(rows[model])).status_code == 302


@pytest.fixture
def page_client(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_suspended_operator_does_not_get_in(operator):
    User.objects.filter(role="operator").update(is_active=False)
    assert operator.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", READ_ONLY, ids=name_of)
def test_what_happened_cannot_be_rewritten(chief, rows, model):
    row = rows[model]
    assert chief.post(page_of(row), {}).status_code == 403
    assert chief.get(page_of(row).replace("change", "delete")).status_code == 403
    assert chief.get(list_of(model) + "add/").status_code == 403


def test_only_admins_change_people(operator, chief, user):
    given = {
        "email": user.email,
        "name": "New",
        "timezone": "UTC",
        "role": "user",
        "is_active": "on",
    }
    assert operator.post(page_of(user), given).status_code == 403
    assert chief.post(page_of(user), given).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_staff) == ("New", False)


def test_a_person_made_by_an_admin_can_log_in_and_has_credits(chief, settings):
    given = {"email": "New@Example.com", "name": "", "role": "user"}
    chief.post(list_of(User) + "add/", given | {"password1": PASSWORD, "password2": PASSWORD})
    person = User.objects.get(email__iexact="new@example.com")
    assert person.credits == settings.INITIAL_CREDITS
    assert Client().login(username="new@example.com", password=PASSWORD)


def test_runs_are_stopped(operator, rows):
    run = rows[Execution]
    assert said(act(operator, "stop", run)) == ["1 run is stopped."]
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert said(act(operator, "stop", run)) == ["0 runs are stopped."]


def test_schedules_are_paused_and_go_on(operator):
    works, paused = ScheduleFactory(), ScheduleFactory(is_paused=True, next_due_at=None)
    assert said(act(operator, "pause", works, paused)) == ["1 schedule is paused."]
    assert not Schedule.objects.filter(is_paused=False).exists()
    assert said(act(operator, "resume", works, paused)) == ["2 schedules go on."]
    assert not Schedule.objects.filter(is_paused=True).exists()


def test_what_was_given_up_is_sent_again(operator, user):
    given_up = Dispatch.objects.create(user=user, subject="Tea", status=Dispatch.Status.FAILED)
    assert said(act(operator, "resend", given_up)) == ["1 message is sent again."]
    given_up.refresh_from_db()
    assert given_up.status == Dispatch.Status.QUEUED


def test_who_had_no_second_factor_is_told_of_too(chief, user):
    answer = act(chief, "turn_off_second_factor", user)
    assert said(answer) == [f"{user} needs the password only."]


def test_granting_credits_asks_how_many_first(operator, user):
    before = user.credits
    assert 'name="amount"' in act(operator, "grant_credits", user).content.decode()
    answer = act(operator, "grant_credits", user, amount="50", reference="for testing")
    assert said(answer) == [f"50 credits for {user}."]
    user.refresh_from_db()
    assert user.credits == before + 50
    assert user.credit_entries.latest("pk").reference == "for testing"


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("0", "Zero changes nothing."), ("many", "Enter a whole number."), ("", "required")],
)
def test_an_amount_that_makes_no_sense_is_refused(operator, user, amount, sentence):
    assert sentence in act(operator, "grant_credits", user, amount=amount).content.decode()
    assert user.credit_entries.count() == 1


def test_more_than_there_is_cannot_be_taken_away(operator, user):
    answer = act(operator, "grant_credits", user, amount=str(-user.credits - 1), reference="")
    assert said(answer) == [f"{user} has not that many credits."]
    assert user.credit_entries.count() == 1


def test_people_are_suspended_and_resumed_but_not_oneself(operator, user):
    oneself = User.objects.get(role="operator")
    assert said(act(operator, "suspend", user, oneself)) == ["1 person is suspended."]
    assert list(User.objects.filter(is_active=True)) == [oneself]
    assert said(act(operator, "resume", user)) == ["1 person may log in."]
    assert User.objects.filter(is_active=True).count() == 2


def test_keys_are_suspended_resumed_and_revoked(operator, user):
    key, secret = keys.issue(user, name="x", permissions=["identity"])
    works = []
    for verb in ("suspend", "resume", "revoke"):
        act(operator, verb, key)
        works.append(keys.verify(secret) is not None)
    assert works == [False, True, False]
    assert "This API key is revoked" in said(act(operator, "resume", key))[0]


def test_the_hash_of_a_key_is_not_shown(operator, rows):
    key = rows[ApiKey]
    assert key.hash not in operator.get(page_of(key)).content.decode()


@pytest.mark.parametrize("model", [Execution, Graph, User], ids=name_of)
def test_a_list_costs_the_same_for_any_number_of_rows(
    operator, django_assert_max_num_queries, rows, model
):
    ExecutionFactory.create_batch(3)
    with django_assert_max_num_queries(8):
        operator.get(list_of(model))


def test_an_admins_change_of_a_person_keeps_credits_that_came_meanwhile(user, rf):
    stale = User.objects.get(pk=user.pk)
    credits.grant(user, 5)
    stale.name = "Ada"
    form = SimpleNamespace(changed_data=["name"])
    admin.site.get_model_admin(User).save_model(rf.get("/"), stale, form, change=True)
    user.refresh_from_db()
    assert (user.name, user.credits) == ("Ada", stale.credits + 5)


def test_who_is_shut_out_by_hand_is_logged_out(chief, user):
    session = tokens.open_session(user)
    given = {"email": user.email, "name": "", "timezone": "UTC", "role": "user"}
    chief.post(page_of(user), given)
    assert User.objects.get(pk=user.pk).is_active is False
    chief.post(page_of(user), given | {"is_active": "on"})
    assert User.objects.get(pk=user.pk).is_active is True
    with pytest.raises(tokens.InvalidTokenError):
        tokens.rotate(session["refresh"])
