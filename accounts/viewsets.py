"""The base of the API's views."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.http import UserApiRequest
from accounts.models import Scope


class ApiViewSet(GenericViewSet[Any]):
    """Views that say which permission each action needs; an action without one is closed."""

    scopes: ClassVar[Mapping[str, Scope]] = {}
    metadata_class = None
    request: UserApiRequest

    def read(self, serializer_class: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The request's body, checked. Raises `ValidationError`."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        body: dict[str, Any] = serializer.validated_data
        return body
