"""What `./dev up` asks the web server whether it is there."""

import pytest

from config.local import up


@pytest.mark.parametrize(
    ("allowed", "name"),
    [
        (None, "localhost"),
        ("*", "localhost"),
        ("agents.example.com, other.example", "agents.example.com"),
        (".example.com", "example.com"),
    ],
)
def test_the_web_server_is_called_by_a_name_of_its_own(monkeypatch, allowed, name):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    if allowed:
        monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert up._own_name() == name
