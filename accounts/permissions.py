"""What the caller may do: an API key has permissions, a person may do everything with their own things."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.errors import InsufficientScopeError
from accounts.models import ApiKey, Scope

if TYPE_CHECKING:  # the views import the permissions
    from rest_framework.viewsets import ViewSetMixin


class HasScope(BasePermission):
    """Asks for the permission that the view declares for the action in `scopes`; refuses where none is."""

    def has_permission(self, request: Request, view: "ViewSetMixin") -> bool:  # type: ignore[override]  # all our views are viewsets
        """False for who is not known, and for an action that says nothing. Raises `InsufficientScopeError`."""
        if not request.user.is_authenticated:
            return False
        if view.action in {None, "metadata"}:  # a method that the view does not have: 405 follows
            return True
        scope = getattr(view, "scopes", {}).get(view.action)
        if scope is None:
            return False
        require_scope(request, Scope(scope))
        return True


def require_own_bounds(request: Request, wanted: Mapping[str, Any]) -> None:
    """Raise `InsufficientScopeError` if the caller's API key would let a key live longer, or ask more, than itself."""
    key = request.auth
    for name in ("expires_at", "rate_limit"):
        bound = getattr(key, name) if isinstance(key, ApiKey) else None
        if bound is None or name not in wanted:
            continue
        if wanted[name] is None or wanted[name] > bound:
            raise InsufficientScopeError(
                _("This API key has %(name)s %(bound)s, and can give no more")
                % {"name": name, "bound": bound}
            )


def require_scope(request: Request, *scopes: Scope) -> None:
    """Raise `InsufficientScopeError` if the caller uses an API key that lacks one of these."""
    key = request.auth
    missing = set(scopes) - set(key.permissions) if isinstance(key, ApiKey) else set()
    if missing:
        names = ", ".join(sorted(missing))
        raise InsufficientScopeError(
            _("This API key lacks the permission %(names)s") % {"names": names}
        )
