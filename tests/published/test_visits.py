"""What visitors may do: run the graph within the owner's limits, and see what they have started themselves."""

import threading

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import Client

from accounts.limits.rates import Rate, RouteClass
from accounts.models import BlockPrice, User
from executions.models import Execution
from executions.published import services
from executions.published.models import DAY, PageRun, PublishedPage
from executions.triggers import keeping
from executions.workers import work
from graphs import services as graph_services
from graphs import spec
from tests.factories import VersionFactory

FIELD = "input-0"


def address_of(page):
    return f"/p/{page.token}/"


def send(client, page, text="hello"):
    return client.post(address_of(page), {FIELD: text})


def finish():
    """Do a worker's part for the newest run."""
    execution = Execution.objects.newest_first()[0]
    work.advance(execution.pk)
    return execution


def text_of(answer):
    return answer.content.decode()


def test_a_stranger_fills_in_the_form_and_sees_the_outputs(publish, visitor, user):
    page = publish(description="Say something")
    assert "Say something" in text_of(visitor.get(address_of(page)))
    sent = send(visitor, page)
    assert "This is being worked on" in text_of(visitor.get(sent.url))
    execution = finish()
    shown = text_of(visitor.get(sent.url))
    assert ("answer" in shown, "hello" in shown) == (True, True)
    assert (execution.user, execution.inputs) == (user, {"text": "hello"})
    part = text_of(visitor.get(sent.url, headers={"HX-Request": "true"}))
    assert ("<html" in part, "hello" in part) == (False, True)


def test_nobody_else_sees_what_a_visitor_has_started(publish, visitor, page):
    sent = send(visitor, publish())
    finish()
    for other in (Client(), page):
        assert other.get(sent.url).status_code == 404
        assert other.get(f"{sent.url}stream/").status_code == 404


def test_a_run_of_another_page_is_not_there(publish, visitor):
    first, second = publish(), publish()
    sent = send(visitor, first)
    send(visitor, second)
    assert visitor.get(sent.url.replace(first.token, second.token)).status_code == 404


def test_a_private_page_is_there_for_its_owner_alone(publish, visitor, page, stranger):
    private = publish(is_public=False)
    other = Client()
    other.force_login(stranger)
    assert page.get(address_of(private)).status_code == 200
    for client in (visitor, other):
        assert client.get(address_of(private)).status_code == 404
        assert send(client, private).status_code == 404
    assert Execution.objects.count() == 0


def test_what_is_closed_is_not_there(publish, visitor, user):
    published = publish()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert visitor.get(address_of(published)).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=True)
    graph_services.delete_graph(published.graph, by=published.graph.owner)
    assert send(visitor, published).status_code == 404
    assert visitor.get("/p/no-such-page/").status_code == 404


def test_what_the_owner_has_fixed_is_neither_asked_nor_taken(publish, visitor):
    published = publish(inputs={"text": "fixed"})
    assert FIELD not in text_of(visitor.get(address_of(published)))
    send(visitor, published, "mine")
    assert Execution.objects.get().inputs == {"text": "fixed"}


def test_a_missing_input_is_said_beside_its_field(publish, visitor):
    answer = send(visitor, publish(), "")
    assert answer.status_code == 422
    assert "This field is required." in text_of(answer)


def test_visitors_send_no_files_into_the_owners_store(publish, visitor, user):
    drawing = spec.Graph({"file": spec.Node("file", "file_input_block", {"name": "file"})}, ())
    published = publish(VersionFactory(owner=user, drawing=drawing))
    file = SimpleUploadedFile("a.txt", b"x")
    answer = visitor.post(address_of(published), {f"{FIELD}_0": file, f"{FIELD}_1": ""})
    assert answer.status_code == 422
    assert "Files cannot be sent here" in text_of(answer)
    assert Execution.objects.count() == 0


@pytest.fixture
def priced(user):
    """A graph whose run costs five credits."""
    drawing = spec.Graph(
        {"get": spec.Node("get", "http_get_block", {"url": "https://a.example"})}, ()
    )
    BlockPrice.objects.create(block_id="http_get_block", price=5)
    return VersionFactory(owner=user, drawing=drawing)


def test_the_owners_limit_holds_also_for_many_at_once(transactional_db, publish, priced):
    published = publish(priced, daily_credits=17)
    ready = threading.Barrier(6)

    def visit():
        try:
            ready.wait()
            Client().post(address_of(published))
        finally:
            connection.close()

    threads = [threading.Thread(target=visit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Execution.objects.count() == PageRun.objects.count() == 3
    assert PageRun.objects.spent_on(published) == 15
    assert "used up its credits" in text_of(Client().post(address_of(published)))


def test_what_was_spent_more_than_a_day_ago_does_not_count(publish, priced):
    published = publish(priced, daily_price=5)
    services.start(published, "somebody", {})
    assert PageRun.objects.spent_on(published) == 5
    PageRun.objects.update(created_at=F("created_at") - DAY)
    assert PageRun.objects.spent_on(published) == 0


def test_one_page_does_not_take_all_workers(publish, visitor, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 1)
    published = publish()
    send(visitor, published)
    assert "Too many people" in text_of(send(visitor, published))
    finish()
    assert send(visitor, published).status_code == 302


def test_an_owner_who_cannot_pay_shows_visitors_nothing_of_it(publish, priced, visitor, user):
    User.objects.filter(pk=user.pk).update(credits=0)
    answer = visitor.post(address_of(publish(priced)))
    assert "This page cannot start anything just now." in text_of(answer)
    assert "credits" not in text_of(answer).lower().replace("daily_credits", "")


def test_a_paused_page_starts_nothing(publish, visitor):
    published = publish()
    keeping.set_paused(published, True)
    assert "This page is paused" in text_of(send(visitor, published))
    assert Execution.objects.count() == 0


def test_a_run_that_failed_tells_visitors_no_more_than_that(publish, visitor, user):
    drawing = spec.Graph(
        nodes={"add": spec.Node("add", "parse_json_block", {"text": "{ our secret plan"})}, links=()
    )
    sent = visitor.post(address_of(publish(VersionFactory(owner=user, drawing=drawing))))
    finish()
    shown = text_of(visitor.get(sent.url))
    assert ("This did not work" in shown, "secret plan" in shown) == (True, False)


def test_visits_are_limited_by_address(publish, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, RouteClass.VISIT: Rate(2, 60)}
    published = publish()
    statuses = [
        Client(REMOTE_ADDR="203.0.113.77").post(address_of(published), {FIELD: "x"}).status_code
        for _ in range(3)
    ]
    assert statuses == [302, 302, 429]


def test_who_only_looks_gets_no_session(publish, visitor):
    visitor.get(address_of(publish()))
    assert "sessionid" not in visitor.cookies


def test_a_click_from_another_site_starts_nothing(publish):
    client = Client(enforce_csrf_checks=True)
    assert send(client, publish()).status_code == 403


def test_both_languages_and_a_strict_policy(publish, visitor):
    address = address_of(publish())
    chinese = visitor.get(address, headers={"Accept-Language": "zh-hans"})
    assert 'lang="zh-hans"' in text_of(chinese)
    assert "发送" in text_of(chinese)
    policy = chinese.headers["Content-Security-Policy"]
    assert ("default-src 'self'" in policy, "unsafe" in policy) == (True, False)


def say(client, page, message):
    return client.post(address_of(page), {"message": message})


def test_a_chat_remembers_what_was_said(publish, visitor, talker):
    published = publish(talker, kind="chat")
    say(visitor, published, "apple")
    assert "<chat-answer" in text_of(visitor.get(address_of(published)))
    first = finish()
    say(visitor, published, "berry")
    finish()
    shown = text_of(visitor.get(address_of(published)))
    assert "berry after apple, apple after" in shown
    turn = text_of(visitor.get(f"{address_of(published)}runs/{first.pk}/"))
    assert ("<html" in turn, "apple after" in turn) == (False, True)
    assert [run.message for run in PageRun.objects.order_by("pk")] == ["apple", "berry"]


def test_a_new_conversation_remembers_nothing(publish, visitor, talker):
    published = publish(talker, kind="chat")
    say(visitor, published, "apple")
    finish()
    visitor.post(f"{address_of(published)}anew/")
    assert "apple" not in text_of(visitor.get(address_of(published)))
    say(visitor, published, "berry")
    assert Execution.objects.newest_first()[0].inputs["history"] == []


def test_two_visitors_talk_apart(publish, visitor, talker):
    published = publish(talker, kind="chat")
    say(visitor, published, "apple")
    finish()
    other = Client()
    assert "apple" not in text_of(other.get(address_of(published)))
    say(other, published, "berry")
    assert Execution.objects.newest_first()[0].inputs["history"] == []


def test_what_visitors_and_graphs_say_is_text(publish, visitor, talker):
    published = publish(talker, kind="chat")
    say(visitor, published, "<script>alert(1)</script>")
    finish()
    shown = text_of(visitor.get(address_of(published)))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.django_db(transaction=True)
def test_the_stream_ends_with_the_run(publish, visitor, talker):
    published = publish(talker, kind="chat")
    say(visitor, published, "apple")
    execution = finish()
    answer = visitor.get(f"{address_of(published)}runs/{execution.pk}/stream/")
    lines = async_to_sync(_all_of)(answer.streaming_content)
    assert (answer["Content-Type"], lines) == ("text/event-stream", b"event: end\ndata: {}\n\n")


async def _all_of(lines):
    return b"".join([line async for line in lines])


def test_a_graph_without_a_text_input_is_no_chat(page, user):
    drawing = spec.Graph({"n": spec.Node("n", "number_input_block", {"name": "n"})}, ())
    graph = VersionFactory(owner=user, drawing=drawing).graph_id
    form = {"name": "x", "kind": "chat", "daily_credits": "1"}
    answer = page.post(f"/graphs/{graph}/publish/", form)
    assert answer.status_code == 422
    assert "A chat needs a graph with a text input" in text_of(answer)
    assert PublishedPage.objects.count() == 0


def test_the_owner_makes_changes_pauses_renews_and_deletes_a_page(page, version, visitor):
    form = {"name": "Ask", "kind": "form", "is_public": "on", "daily_credits": "7", "inputs": ""}
    made = page.post(f"/graphs/{version.graph_id}/publish/", form)
    published = PublishedPage.objects.get()
    assert made.url == f"/pages/{published.pk}/"
    assert (published.daily_credits, published.is_public) == (7, True)
    assert address_of(published) in text_of(page.get(made.url))
    page.post(made.url, {**form, "name": "Later"})
    page.post(f"{made.url}pause/")
    published.refresh_from_db()
    assert (published.name, published.is_paused) == ("Later", True)
    page.post(f"{made.url}resume/")
    page.post(f"{made.url}renew/")
    assert visitor.get(address_of(published)).status_code == 404
    published.refresh_from_db()
    assert visitor.get(address_of(published)).status_code == 200
    assert page.post(made.url, {**form, "inputs": '{"nothing": 1}'}).status_code == 422
    page.post(f"{made.url}delete/")
    assert PublishedPage.objects.count() == 0
