"""What matters is written down, once, and stays written."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client

from accounts import keys, operators, tokens
from accounts.audit.log import record
from accounts.audit.models import Action, AuditEntry
from accounts.errors import InvalidCredentialsError, InvalidTokenError
from accounts.vault import services as vault
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def written():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_name"))


def test_entries_cannot_be_changed_or_deleted(user):
    entry = record(Action.EXPORT, actor=user)
    for spoil in (AuditEntry.objects.update, entry.delete):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            spoil(**({"action": "login"} if spoil == AuditEntry.objects.update else {}))
    assert written() == [("export", user.email)]


def test_logins_and_failed_logins_are_written_down_with_their_request(user):
    browser = Client(REMOTE_ADDR="192.0.2.7")
    for password in ("wrong", PASSWORD):
        answer = browser.post("/login/", {"login": user.email, "password": password})
    browser.post("/logout/")

    assert written() == [(a, user.email) for a in ("login_failed", "login", "logout")]
    login = AuditEntry.objects.get(action="login")
    assert (login.address, login.request_id) == ("192.0.2.7", answer["X-Request-ID"])


def test_tokens_are_written_down_and_their_second_use(user):
    with pytest.raises(InvalidCredentialsError):
        tokens.log_in("nobody@example.com", "x")
    refresh = tokens.log_in(user.email, PASSWORD)["refresh"]
    tokens.rotate(refresh)
    with pytest.raises(InvalidTokenError):
        tokens.rotate(refresh)

    assert [action for action, _ in written()] == ["login_failed", "login", "token_reused"]


def test_keys_are_written_down_without_their_text(user):
    key, text = keys.issue(user, name="CI", permissions=["identity"])
    keys.suspend(key), keys.revoke(key)

    verbs = AuditEntry.objects.order_by("pk").values_list("details__verb", flat=True)
    assert list(verbs) == ["issue", "change", "revoke"]
    assert text not in str(list(AuditEntry.objects.values()))


def test_credentials_are_written_down_without_their_secret(user):
    credential = vault.create(
        user, title="Work", provider="openai", type="api_key", secret={"api_key": "s3cret-value"}
    )
    vault.revoke(credential), vault.delete(credential)

    assert written() == [("credential", user.email)] * 3
    assert "s3cret-value" not in str(list(AuditEntry.objects.values()))


def test_what_operators_do_is_written_down(user, stranger):
    operators.grant(user, 5, reference="sorry", by=stranger)
    assert written() == [("credits", stranger.email)]

    stranger.role = "admin"
    stranger.save()
    browser = Client()
    browser.force_login(stranger)
    form = {"action": "suspend", "_selected_action": [str(user.pk)]}
    browser.post("/admin/accounts/user/", form)

    entry = AuditEntry.objects.get(action="admin")
    assert entry.target == f"accounts.User {user.pk}"
    assert entry.details == {"verb": "suspend"}
    assert entry.request_id
