"""`create_api_key` and `ensure_admin`."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts import keys
from accounts.models import Role, Scope, User
from tests.factories import UserFactory

EMAIL = "admin@example.com"


@pytest.fixture
def command(db):
    """Run a command; returns what it wrote to both outputs."""

    def command(*arguments):
        out, err = io.StringIO(), io.StringIO()
        call_command(*arguments, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return command


def test_the_key_is_all_that_is_printed(command, user):
    out, err = command("create_api_key", "--email", "Owner@example.com")
    key = keys.verify(out.removesuffix("\n"))
    assert (key.user, key.name, set(key.permissions)) == (user, "Terminal", set(Scope))
    assert err == ""


def test_a_key_has_the_permissions_and_the_name_that_are_asked_for(command, user):
    command(
        *("create_api_key", "--email", user.email),
        *("--permissions", "run_graphs, read_graphs", "--name", "CI"),
    )
    key = user.api_keys.get()
    assert (key.name, key.permissions) == ("CI", ["read_graphs", "run_graphs"])


def test_a_user_who_is_not_there_is_made_without_a_password(command):
    out, err = command("create_api_key", "--email", "new@example.com")
    user = keys.verify(out.strip()).user
    assert (user.email, user.has_usable_password()) == ("new@example.com", False)
    assert err == "Made the user new@example.com, who has no password.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--permissions", "fly"),
        ("--permissions", ""),
        ("--email", "x"),
        ("--name", ""),
        ("--name", "x" * 101),
    ],
)
def test_what_cannot_be_is_refused(command, user, arguments):
    with pytest.raises(CommandError):
        command("create_api_key", "--email", user.email, *arguments)
    assert list(User.objects.values_list("email")) == [(user.email,)]
    assert user.api_keys.count() == 0


def test_the_first_admin_gets_a_password_that_is_printed(command):
    out, _err = command("ensure_admin")
    (label, password) = out.splitlines()[1].rsplit(maxsplit=1)
    admin = User.objects.get()
    assert out.splitlines()[0] == f"admin e-mail    {EMAIL}"
    assert label == "admin password"
    assert (admin.email, admin.role, admin.check_password(password)) == (EMAIL, Role.ADMIN, True)


def test_an_admin_who_is_there_is_left_alone(command):
    command("ensure_admin")
    before = User.objects.values().get()
    assert command("ensure_admin") == ("", "")
    assert User.objects.values().get() == before


def test_an_admin_with_another_address_is_enough(command):
    UserFactory(email="boss@example.com", role=Role.ADMIN)
    assert command("ensure_admin") == ("", "")
    assert User.objects.count() == 1


@pytest.mark.parametrize("is_there", [False, True])
def test_a_preset_password_is_set_and_not_printed(command, settings, is_there):
    if is_there:
        command("ensure_admin")
    settings.ADMIN_PASSWORD = "a password of my own"
    out, _err = command("ensure_admin")
    assert "password" not in out
    assert User.objects.get().check_password("a password of my own")


def test_whoever_took_the_address_does_not_become_admin(command, settings):
    settings.ADMIN_PASSWORD = "a password of my own"
    taken = UserFactory(email=EMAIL)
    _out, err = command("ensure_admin")
    taken.refresh_from_db()
    assert (taken.role, taken.check_password("a password of my own")) == (Role.USER, False)
    assert err == f"{EMAIL} is not an administrator; give them the role yourself.\n"
