"""Makes an API key from the terminal; standard output carries the key and nothing else."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts import keys
from accounts.models import User

MAX_NAME = 100


class Command(BaseCommand):
    """`KEY=$(./dev manage create_api_key --email you@example.com)`."""

    help = "Make an API key and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What the key is for."""
        parser.add_argument(
            "--email", required=True, help="Whose key; made if there is no such user."
        )
        parser.add_argument(
            "--permissions", default="all", help="all, or a list such as read_graphs,run_graphs."
        )
        parser.add_argument("--name", default="Terminal", help="What the list of keys calls it.")

    def handle(self, *, email: str, permissions: str, name: str, **options: object) -> None:
        """Raises `CommandError` for what cannot be."""
        try:
            scopes = keys.parse_permissions(permissions)
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f'"{email}" is not an e-mail address') from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        if not 0 < len(name) <= MAX_NAME:
            raise CommandError(f"--name takes 1 to {MAX_NAME} characters")
        _key, text = keys.issue(self._user(email), name=name, permissions=scopes)
        self.stdout.write(text)

    def _user(self, email: str) -> User:
        try:
            return User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            self.stderr.write(f"Made the user {email}, who has no password.")
            return User.objects.create_user(email)
