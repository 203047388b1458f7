"""What all lists have in common: words that narrow them, their order, and doing something with several rows."""

import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import ApiKey
from executions.files import services as files
from executions.knowledge import services as knowledge
from executions.notifications.models import Notification
from executions.published.models import PublishedPage
from executions.triggers.models import Schedule
from executions.webhooks.models import Webhook
from tests.factories import (
    ApiKeyFactory,
    CredentialFactory,
    PresetFactory,
    PublishedPageFactory,
    ScheduleFactory,
    VersionFactory,
    WebhookFactory,
)
from tests.pages.reading import text_of

pytestmark = pytest.mark.django_db


def _file(user, name):
    return files.keep(user.pk, ContentFile(b"hello"), name=name)


def _notification(user, name):
    return Notification.objects.create(user=user, event="test", data={"name": name}, on_page=True)


MAKERS = {
    "/webhooks/": lambda user, name: WebhookFactory(user=user, name=name),
    "/pages/": lambda user, name: PublishedPageFactory(user=user, name=name),
    "/schedules/": lambda user, name: ScheduleFactory(user=user, name=name),
    "/presets/": lambda user, name: PresetFactory(user=user, name=name),
    "/files/": _file,
    "/knowledge/": lambda user, name: knowledge.create_collection(user.pk, name=name),
    "/credentials/": lambda user, name: CredentialFactory(user=user, title=name),
    "/account/api-keys/": lambda user, name: ApiKeyFactory(user=user, name=name),
    "/graphs/": lambda user, name: VersionFactory(owner=user, name=name).graph,
}
lists = pytest.mark.parametrize("address", MAKERS)


def listed(page, address, **query):
    return [str(row) for row in page.get(address, query).context["listing"].page]


@lists
def test_words_narrow_a_list_wherever_they_stand(page, user, address):
    wanted, _other = (MAKERS[address](user, name) for name in ("Green tea", "Coffee"))
    assert listed(page, address, q="tea GREEN") == [str(wanted)]
    assert listed(page, address, q="tea coffee") == []
    assert "Nothing fits" in text_of(page.get(address, {"q": "tea coffee"}))


@lists
def test_a_list_is_put_in_order(page, user, address):
    names = {str(MAKERS[address](user, name)) for name in ("b", "c", "a")}
    assert listed(page, address, order="name") == sorted(names)


@lists
def test_what_is_chosen_is_deleted_and_all_else_stays(page, user, stranger, address):
    rows = [MAKERS[address](user, name) for name in ("a", "b", "c")]
    theirs = MAKERS[address](stranger, "d")
    verb = "revoke" if "api-keys" in address else "delete"
    given = {"verb": verb, "row": [rows[0].pk, rows[1].pk, theirs.pk]}
    answer = page.post(f"{address}several/?order=name", given)
    assert answer.url == f"{address}?order=name"
    assert "Done with 2 of 3." in text_of(page.get(answer.url))
    left = type(theirs).objects.all()
    gone = {"revoked_at": None} if verb == "revoke" else {}
    gone |= {"deleted_at": None} if address == "/graphs/" else {}
    assert set(left.filter(**gone)) == {rows[2], theirs}


@pytest.mark.parametrize(
    "given", [{}, {"verb": "delete"}, {"verb": "burn", "row": ["x"]}, {"row": ["x"]}]
)
@lists
def test_who_has_chosen_nothing_is_told_so(page, address, given):
    answer = page.post(f"{address}several/", given, follow=True)
    assert "Choose something of the list first" in text_of(answer)


@pytest.mark.parametrize(
    ("address", "model"),
    [("/webhooks/", Webhook), ("/pages/", PublishedPage), ("/schedules/", Schedule)],
)
def test_several_are_paused_and_go_on(page, user, address, model):
    rows = [MAKERS[address](user, name) for name in "ab"]
    for verb, is_paused in [("pause", True), ("resume", False)]:
        page.post(f"{address}several/", {"verb": verb, "row": [rows[0].pk]})
        assert model.objects.get(pk=rows[0].pk).is_paused is is_paused
    page.post(f"{address}several/", {"verb": "pause", "row": [rows[0].pk]})
    assert listed(page, address, paused="True") == ["a"]
    assert listed(page, address, paused="False") == ["b"]


def test_keys_are_suspended_unless_they_are_revoked(page, user):
    works, closed = ApiKeyFactory(user=user), ApiKeyFactory(user=user, revoked_at=timezone.now())
    given = {"verb": "suspend", "row": [works.pk, closed.pk]}
    answer = page.post("/account/api-keys/several/", given, follow=True)
    assert "Done with 1 of 2." in text_of(answer)
    assert listed(page, "/account/api-keys/", state="suspended") == [str(works)]
    assert listed(page, "/account/api-keys/", state="revoked") == [str(closed)]
    assert ApiKey.objects.filter(is_active=True).count() == 1


def test_files_are_told_apart_by_what_they_are(page, user):
    text = files.keep(user.pk, ContentFile(b"hello"), name="a.txt", content_type="text/plain")
    assert listed(page, "/files/", kind="text/", lasting="True") == [str(text)]
    assert listed(page, "/files/", kind="image/") == []
    assert listed(page, "/files/", lasting="False") == []


def test_a_word_that_says_nothing_leaves_the_list_as_it_is(page, user):
    MAKERS["/webhooks/"](user, "a")
    assert listed(page, "/webhooks/", order="sideways", paused="perhaps") == ["a"]
    assert listed(page, "/webhooks/", q="\0") == ["a"]


def test_every_row_can_be_chosen_by_its_name(page, user):
    MAKERS["/presets/"](user, "As usual")
    source = page.get("/presets/").content.decode()
    assert re.search(r'type="checkbox"[^>]*aria-label="Choose As usual"', source)
