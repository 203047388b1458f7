"""The base of the API's views."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar

from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from accounts.models import Scope

Shared = TypeVar("Shared", bound=BaseSerializer[Any])


class ApiViewSet(GenericViewSet[Any]):
    """Views that say which permission each action needs; an action without one is closed."""

    scopes: ClassVar[Mapping[str, Scope]] = {}
    metadata_class = None
    request: UserApiRequest

    def read(self, serializer_class: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The request's body, checked. Raises `ValidationError`."""
        serializer = shared(serializer_class)  # type: ignore[arg-type]  # a class has a hash
        body: dict[str, Any] = serializer.run_validation(self.request.data)
        return body


@cache
def shared(serializer_class: type[Shared]) -> Shared:
    """The one instance for values that need no context: making its fields costs more than using them."""
    return serializer_class()
