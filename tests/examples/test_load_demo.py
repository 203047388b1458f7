"""What the demo data are, and that loading them twice changes nothing."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Role, User
from graphs import services
from graphs.models import Graph

pytestmark = pytest.mark.django_db

NAMES = [
    "Agent with tools",
    "Answers from documents",
    "CSV report",
    "Number guessing",
    "Text summary",
    "Web digest",
]


def load_demo():
    output = StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def names_of(user):
    return sorted(user.graphs.filter(deleted_at=None).values_list("name", flat=True))


@pytest.fixture(autouse=True)
def _no_preset(monkeypatch):
    monkeypatch.delenv("AGENTLOOM_DEMO_PASSWORD", raising=False)


def test_the_printed_password_opens_the_demo_account():
    printed = load_demo()

    demo = User.objects.get(email="demo@example.com")
    assert printed.startswith("demo user  demo@example.com / ")
    assert demo.check_password(printed.split(" / ")[1].strip())
    assert (demo.role, names_of(demo)) == (Role.USER, NAMES)


def test_loading_again_changes_nothing_and_prints_nothing():
    load_demo()
    before = list(Graph.objects.order_by("pk").values_list("pk", "updated_at"))

    assert load_demo() == ""
    assert list(Graph.objects.order_by("pk").values_list("pk", "updated_at")) == before


def test_a_preset_password_is_set_and_not_printed(monkeypatch):
    load_demo()
    monkeypatch.setenv("AGENTLOOM_DEMO_PASSWORD", "one-that-is-known")

    assert load_demo() == ""
    assert User.objects.get(email="demo@example.com").check_password("one-that-is-known")


def test_only_admins_who_have_never_had_a_graph_get_the_examples():
    fresh, busy = (User.objects.create_superuser(f"{name}@example.com") for name in ("a", "b"))
    somebody = User.objects.create_user("c@example.com")
    load_demo()
    [kept, *deleted] = fresh.graphs.order_by("name")
    for graph in deleted:
        services.delete_graph(graph, by=fresh)

    load_demo()

    assert names_of(fresh) == [kept.name]
    assert names_of(busy) == NAMES
    assert names_of(somebody) == []


def test_what_became_of_a_demo_graph_is_left_alone():
    load_demo()
    demo = User.objects.get(email="demo@example.com")
    mine, other, *_ = demo.graphs.order_by("name")
    version = mine.versions.get()
    services.save_version(graph=mine, name=mine.name, description="Mine", drawing=version.load())
    services.delete_graph(other, by=demo)

    load_demo()

    mine.refresh_from_db()
    assert (mine.description, mine.versions.count()) == ("Mine", 2)
    assert names_of(demo) == [name for name in NAMES if name != other.name]
