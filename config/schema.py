"""What the OpenAPI document says beyond what the views say themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.viewsets import ViewSetMixin

from config.severity import Category, Severity


class ErrorSerializer(serializers.Serializer[Any]):
    """What went wrong."""

    error_code = serializers.CharField(help_text="Stable; decide by it.")
    message = serializers.CharField(help_text="A sentence for people.")
    severity = serializers.ChoiceField(choices=[each.value for each in Severity])
    category = serializers.ChoiceField(choices=[each.value for each in Category])
    details = serializers.DictField()
    timestamp = serializers.DateTimeField()


class ErrorAnswerSerializer(serializers.Serializer[Any]):
    """The answer to every request that fails.

    `detail` is the message again; for a graph or inputs that are wrong it is
    `{"type": "validation_error", "message", "node_errors": {node id: {field: sentence}}}`.
    """

    success = serializers.BooleanField()
    error = ErrorSerializer()
    detail = serializers.JSONField()


class OperationSchema(AutoSchema):
    """Adds to each operation the permission that it asks of API keys, and the answer of all that fail."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """One entry of `paths`."""
        operation = super().get_operation(*args, **kwargs)
        if operation:
            error = self.resolve_serializer(ErrorAnswerSerializer, "response")
            operation["responses"]["default"] = {
                "description": "What went wrong.",
                "content": {"application/json": {"schema": error.ref}},
            }
        return operation

    def get_operation_id(self) -> str:
        """The address and the action, such as `graphs_versions_list`."""
        words = [*(word.replace("-", "_") for word in self._tokenize_path()), self._action]
        if self.path.endswith("/execute/{version}"):
            words.append("version")
        return "_".join(dict.fromkeys(words))

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """The view's sentence, then the permission."""
        scope = getattr(self.view, "scopes", {}).get(self._action)
        note = f"\n\nAPI keys need the permission `{scope}`." if scope else ""
        return super().get_description() + note

    @property
    def _action(self) -> str:
        assert isinstance(self.view, ViewSetMixin)
        return self.view.action


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped there
    """API keys."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """In its own header; as a bearer token it works, too."""
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    """Access tokens."""

    target_class = "accounts.authentication.AccessTokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The bearer token is an access token or an API key."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token of `/api/auth/token`, or an API key.",
        }
