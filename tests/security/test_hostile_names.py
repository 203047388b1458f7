"""Whatever people call things, and whatever runs say, is text on every page: those of its owner, and the admin."""

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, models, transaction

from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from graphs.models import Node
from tests.factories import NodeExecutionFactory, UserFactory
from tests.pages.conftest import logged_in
from tests.pages.places import OPEN, POST_ONLY, address_of, names

pytestmark = pytest.mark.django_db

HOSTILE = "\"><img src=x onerror=alert(1)>'</textarea></script><script>alert(1)</script>{{7*7}}"
NAMES = {
    *("name", "title", "description", "message", "error", "subject", "body", "text", "heading"),
    *("note", "agent", "address", "condition", "reason", "end_reason", "reference", "actor_name"),
}
# As text these are shown, not as pages: files to keep.
DOWNLOADS = {
    *("files:download", "graphs:export", "executions:export", "executions:outputs"),
    "retention:file",
}
PAGES = sorted(names() - OPEN - POST_ONLY - DOWNLOADS)


@pytest.fixture
def firing(user, version):
    return NodeExecutionFactory(
        execution__user=user,
        execution__version=version,
        execution__status=Status.FAILED,
        status=Status.FAILED,
    )


@pytest.fixture
def addresses(user, firing):
    """Of every page, with something in it; then everything gets another name."""
    found = {name: address_of(name, firing) for name in PAGES}
    logged_in(user).get("/account/")
    for model in apps.get_models():
        rename(model)
    for node in Node.objects.all():
        node.metadata = {**node.metadata, "title": HOSTILE, "description": HOSTILE}
        node.save()
    said = {HOSTILE: HOSTILE, "answer": [HOSTILE]}
    Execution.objects.update(inputs=said, outputs={"answer": [HOSTILE], HOSTILE: [said]})
    NodeExecution.objects.update(inputs=said, outputs=[["answer", HOSTILE], [HOSTILE, said]])
    return found


def rename(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and field.name in NAMES:
            if field.choices or field.unique:
                continue
            text = HOSTILE[: field.max_length] if field.max_length else HOSTILE
            try:
                with transaction.atomic():
                    model._base_manager.all().update(**{field.name: text})
            except DatabaseError:  # rows that are never changed, and names that only one may have
                continue


def require_text_only(answer, address):
    assert answer.status_code == 200, address
    if "html" not in answer.headers["Content-Type"]:
        return
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.find_all(attrs={"onerror": True}) == [], address
    scripts = [each for each in page.find_all("script") if each.get("type") != "application/json"]
    assert [each for each in scripts if not each.get("src")] == [], address
    assert not page.find_all("img", src="x"), address


def test_b_05_no_name_becomes_markup_on_any_page(user, addresses):
    browser, shown = logged_in(user), 0
    for name, address in addresses.items():
        answer = browser.get(address)
        require_text_only(answer, name)
        shown += b"alert(1)" in answer.getvalue()
    assert shown > 40
    chief = logged_in(UserFactory(role="admin", is_superuser=True))
    for model in admin.site._registry:
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        require_text_only(chief.get(place), place)
