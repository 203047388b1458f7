"""What operators may do in the admin, and how: looking at everything, changing little."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest

from accounts.models import Role, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin  # generic for the type checker only


class OperatorAdmin(ModelAdmin):
    """Operators see everything and use the actions; only admins change rows by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is on the start page."""
        return _is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be looked at."""
        return _is_operator(request)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return _is_operator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether rows may be made by hand."""
        return _is_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be changed by hand."""
        return _is_admin(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether rows may be deleted."""
        return _is_admin(request)


class ReadOnlyAdmin(OperatorAdmin):
    """Rows that nobody writes by hand: they are the memory of what happened."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def suspend(users: QuerySet[User], *, by: User) -> int:
    """End all logins of these people and keep them out, except the one who does it; returns how many."""
    return users.exclude(pk=by.pk).update(
        is_active=False, login_generation=F("login_generation") + 1
    )


def resume(users: QuerySet[User]) -> int:
    """Let these people in again; returns how many."""
    return users.update(is_active=True)


def _is_operator(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff


def _is_admin(request: HttpRequest) -> bool:
    user = request.user
    is_admin = isinstance(user, User) and (user.is_superuser or user.role == Role.ADMIN)
    return is_admin and _is_operator(request)
