"""Operators see much and may do much; not reading secrets by filters, not acting unseen, not locking admins out."""

import pytest
from django.contrib import admin

from accounts.audit.models import AuditEntry
from accounts.models import User
from tests.factories import ApiKeyFactory, UserFactory
from tests.pages.conftest import logged_in

pytestmark = pytest.mark.django_db
HIDDEN = ("secret", "hash", "login_hash", "token", "token_hash", "password", "session_data", "data")


@pytest.fixture
def operator():
    return UserFactory(role="operator")


FIELDS = [
    (model, field.name)
    for model in admin.site._registry
    for field in model._meta.concrete_fields
    if field.name in HIDDEN
]


@pytest.mark.parametrize(
    ("model", "name"), FIELDS, ids=lambda each: getattr(each, "__name__", each)
)
def test_no_list_is_filtered_by_a_secret(operator, model, name):
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for lookup in ("startswith", "regex", "isnull", "gte"):
        answer = logged_in(operator).get(f"{place}?{name}__{lookup}=a")
        assert (answer.status_code, answer.url if answer.status_code == 302 else "") in {
            (400, ""),
            (302, f"{place}?e=1"),
        }


def test_there_are_hidden_fields_to_try():
    assert {name for _model, name in FIELDS} >= {"secret", "hash", "token", "password"}


def test_what_is_done_to_all_rows_at_once_is_written_down(operator):
    users = [UserFactory() for _ in range(3)]
    form = {"action": "suspend", "_selected_action": [str(users[0].pk)], "select_across": "1"}
    logged_in(operator).post("/admin/accounts/user/?role__exact=user", form)
    assert not User.objects.filter(pk__in=[each.pk for each in users], is_active=True).exists()
    entry = AuditEntry.objects.get(action="admin")
    assert entry.target == "accounts.User: all of /admin/accounts/user/?role__exact=user"


@pytest.mark.parametrize(("who", "is_out"), [("operator", False), ("admin", True)])
def test_admins_are_suspended_by_admins_only(who, is_out):
    chief, other = UserFactory(role="admin"), UserFactory(role=who)
    form = {"action": "suspend", "_selected_action": [str(chief.pk)]}
    logged_in(other).post("/admin/accounts/user/", form)
    chief.refresh_from_db()
    assert chief.is_active is not is_out


def test_filters_of_what_is_shown_still_work(operator):
    key = ApiKeyFactory()
    for query in ("is_active__exact=1", f"user__id__exact={key.user_id}", f"id__exact={key.pk}"):
        answer = logged_in(operator).get(f"/admin/accounts/apikey/?{query}")
        assert (answer.status_code, key.prefix in answer.content.decode()) == (200, True)
