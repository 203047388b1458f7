"""Settings with which no process starts, because everybody could get in, or nobody."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured

_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
_FEWEST_CHARACTERS = 10  # different ones, in a key that is random
_SHORTEST_TOKEN = 16


def require_safe(settings: Any) -> None:
    """Raises `ImproperlyConfigured` with a sentence for each setting that is not safe."""
    problems = list(problems_of(settings))
    if problems:
        raise ImproperlyConfigured("\n".join(["These settings are not safe:", *problems]))


def problems_of(settings: Any) -> Iterator[str]:
    """What is wrong, and what to do."""
    hosts: Sequence[str] = settings.ALLOWED_HOSTS
    if _is_guessable(settings.SECRET_KEY):
        yield (
            "SECRET_KEY can be guessed; make one with"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    if 0 < len(settings.METRICS_TOKEN) < _SHORTEST_TOKEN:
        yield f"METRICS_TOKEN needs at least {_SHORTEST_TOKEN} characters, or be empty"
    if settings.DEBUG and (settings.HTTPS or not _LOCAL.issuperset(hosts)):
        yield "DEBUG shows the insides to everybody; leave it out, or serve this machine only"
    if settings.HTTPS and "*" in hosts:
        yield "ALLOWED_HOSTS must name the hosts of the site; with * a forged link leads elsewhere"
    if settings.HTTPS and _LOCAL.issuperset(hosts):
        yield "ALLOWED_HOSTS must have the name under which the site is called, such as agents.example.com"
    plain = [origin for origin in settings.CSRF_TRUSTED_ORIGINS if origin.startswith("http://")]
    if settings.HTTPS and plain:
        yield f"CSRF_TRUSTED_ORIGINS must begin with https://, other than {', '.join(plain)}"


def _is_guessable(key: str) -> bool:
    return len(set(key)) < _FEWEST_CHARACTERS or key.startswith("django-insecure-")
