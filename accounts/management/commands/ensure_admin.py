"""Makes sure that somebody can log in."""

import secrets

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import services
from accounts.models import Role, User


class Command(BaseCommand):
    """Doing it again changes nothing, unless a password is preset."""

    help = (
        "Make the administrator AGENTLOOM_ADMIN_EMAIL with the password AGENTLOOM_ADMIN_PASSWORD, "
        "or with a generated one, which is printed."
    )

    def handle(self, *args: object, **options: object) -> None:
        """An administrator who is there already keeps the password, unless one is preset."""
        preset = settings.ADMIN_PASSWORD
        user = User.objects.filter(email=settings.ADMIN_EMAIL.strip().lower()).first()
        if user is None:
            if preset or not User.objects.filter(role=Role.ADMIN, is_active=True).exists():
                self._create(preset or secrets.token_urlsafe(12))
        elif user.role != Role.ADMIN:
            # Whoever signed up with this address must not become one by it.
            self.stderr.write(f"{user.email} is not an administrator; give them the role yourself.")
        elif preset and not user.check_password(preset):
            services.set_password(user, preset)

    def _create(self, password: str) -> None:
        user = User.objects.create_superuser(settings.ADMIN_EMAIL, password)
        self.stdout.write(f"admin e-mail    {user.email}")
        if not settings.ADMIN_PASSWORD:
            self.stdout.write(f"admin password  {password}")
