"""Forms that cannot be read are refused, on every page; and what breaks keeps no connection of the database."""

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test import Client as Browser

from config.http import ThreadedHandler
from executions.triggers.models import Preset

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
BROKEN = {
    **{name: (f"{FORM}; charset={name}", b"a=1") for name in ("rot13", "hex", "utf-16", "idna")},
    "fields": (FORM, b"&".join(b"f%d=" % number for number in range(2_000))),
    "boundary": ("multipart/form-data", b"x"),
    "boundary bytes": ('multipart/form-data; boundary="\xff"', b"x"),
    "parts": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--",
    ),
    "file name": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data; name=a; filename*=rot13''x\r\n\r\n!\r\n--b--",
    ),
    "field name": (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Disposition: form-data; name*=nope'x'y%ff\r\n\r\n!\r\n--b--",
    ),
}
PLACES = (
    "/login/",
    "/signup/",
    "/login/code/",
    "/login/passkey/",
    "/language/",
    "/nowhere/",
    "/p/x/",
)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("address", PLACES)
def test_i_05_a_form_that_cannot_be_read_is_refused(address, kind):
    browser = Browser(enforce_csrf_checks=True)
    browser.get("/login/")
    content_type, body = BROKEN[kind]
    answer = browser.generic("POST", address, body, content_type=content_type)
    assert answer.status_code in {302, 400, 403, 404, 405}


@pytest.mark.parametrize("kind", BROKEN)
def test_i_05_a_form_of_a_person_that_cannot_be_read_is_refused(user, kind):
    browser = Browser()
    browser.force_login(user)
    content_type, body = BROKEN[kind]
    for address in ("/account/", "/files/", "/graphs/import/", "/api/files", "/graphs/new/"):
        answer = browser.generic("POST", address, body, content_type=content_type)
        assert answer.status_code in {200, 302, 400, 403, 404, 405, 415, 422}


@pytest.mark.django_db(transaction=True)
def test_what_breaks_without_an_answer_gives_its_connection_back(monkeypatch):
    def broken(_request):
        connection.ensure_connection()
        raise RuntimeError("broken")

    handler = ThreadedHandler()
    monkeypatch.setattr(handler, "get_response", broken)
    with pytest.raises(RuntimeError, match="broken"):
        handler._answer(
            ASGIRequest({"type": "http", "method": "GET", "path": "/", "headers": []}, None)
        )
    assert connection.connection is None


def test_i_03_a_nul_in_the_name_of_a_preset_breaks_nothing(user, version):
    browser = Browser()
    browser.force_login(user)
    form = {"input-0": "x", "preset_name": "\0 Mine \0"}
    assert browser.post(f"/graphs/{version.graph_id}/run/", form).status_code == 302
    assert Preset.objects.get().name == "Mine"
