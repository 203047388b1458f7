"""Gives newcomers something to look at: a demo user, and graphs that run at once."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Role, User
from graphs import documents, json_text, services
from graphs.documents import GraphDocument
from graphs.errors import InvalidGraphError
from graphs.json_text import JsonError
from graphs.models import Graph

EXAMPLES = settings.BASE_DIR / "examples"
EMAIL = "demo@example.com"
PASSWORD_VARIABLE = "AGENTLOOM_DEMO_PASSWORD"  # noqa: S105 - its name, not the password


class Command(BaseCommand):
    """Doing it again changes nothing, unless a password is preset."""

    help = (
        f"Make the user {EMAIL} with the password {PASSWORD_VARIABLE}, or with a generated one, "
        "which is printed, and the example graphs for this user and for administrators who have "
        "no graph. Graphs that are there, or were deleted, are left alone."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Raises `CommandError` when an example cannot be read."""
        examples = [_read(path) for path in sorted(EXAMPLES.glob("*.json"))]
        _give(self._demo_user(), examples)
        for admin in User.objects.filter(role=Role.ADMIN, is_active=True, graphs=None):
            _give(admin, examples)

    def _demo_user(self) -> User:
        preset = os.environ.get(PASSWORD_VARIABLE, "")
        user = User.objects.filter(email=EMAIL).first()
        if user is None:
            password = preset or secrets.token_urlsafe(12)
            user = User.objects.create_user(EMAIL, password, name="Demo")
            self.stdout.write(f"demo user  {EMAIL}{'' if preset else f' / {password}'}")
        elif preset and not user.check_password(preset):
            user.set_password(preset)
            user.save(update_fields=["password"])
        return user


def _read(path: Path) -> GraphDocument:
    try:
        return documents.parse(json_text.read(path.read_bytes()))
    except (OSError, JsonError, InvalidGraphError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


@transaction.atomic
def _give(owner: User, examples: Sequence[GraphDocument]) -> None:
    """Make the graphs whose names the owner has never used."""
    User.objects.select_for_update().get(pk=owner.pk)  # two installations that start at once
    names = set(Graph.objects.filter(owner=owner).values_list("name", flat=True))
    for example in examples:
        if example.name not in names:
            services.create_graph(
                owner=owner,
                name=example.name,
                description=example.description,
                drawing=example.drawing(),
            )
