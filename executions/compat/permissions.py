"""What the AutoGPT platform calls the permissions of API keys, and what they are here."""

from typing import Any

from rest_framework import serializers

from accounts.models import Scope
from accounts.serializers import ApiKeyIssueSerializer, PermissionsSerializer

_READ_GRAPHS = (Scope.READ_GRAPHS, Scope.READ_EXECUTIONS)
_TRIGGERS = (Scope.READ_TRIGGERS, Scope.WRITE_TRIGGERS)

# Those that mean nothing here (READ_STORE, USE_TOOLS, SHARE_RUN) are refused.
NAMES: dict[str, tuple[Scope, ...]] = {
    "IDENTITY": (Scope.IDENTITY,),
    "EXECUTE_GRAPH": (Scope.RUN_GRAPHS,),
    "READ_GRAPH": _READ_GRAPHS,
    "WRITE_GRAPH": (Scope.WRITE_GRAPHS,),
    "EXECUTE_BLOCK": (Scope.RUN_BLOCKS,),
    "READ_BLOCK": (Scope.READ_BLOCKS,),
    "READ_LIBRARY": (Scope.READ_TRIGGERS,),
    "WRITE_LIBRARY": _TRIGGERS,
    "READ_INTEGRATIONS": (Scope.READ_CREDENTIALS,),
    "MANAGE_INTEGRATIONS": (Scope.WRITE_CREDENTIALS,),
    "DELETE_INTEGRATIONS": (Scope.WRITE_CREDENTIALS,),
    "RUN_AGENT": (Scope.RUN_GRAPHS,),
    "READ_RUN": (Scope.READ_EXECUTIONS,),
    "WRITE_RUN": (Scope.STOP_EXECUTIONS,),
    "READ_RUN_REVIEW": (Scope.READ_EXECUTIONS,),
    "WRITE_RUN_REVIEW": (Scope.RUN_GRAPHS,),
    "READ_SCHEDULE": (Scope.READ_TRIGGERS,),
    "WRITE_SCHEDULE": (Scope.WRITE_TRIGGERS,),
    "READ_FILES": (Scope.READ_FILES,),
}
CHOICES = [(name, name) for name in (*Scope.values, *NAMES)]


class V1PermissionsField(serializers.ListField):
    """Names of theirs, and ours; what is kept are ours."""

    def __init__(self) -> None:
        child = serializers.ChoiceField(choices=CHOICES)
        super().__init__(child=child, allow_empty=False, max_length=len(CHOICES))

    def to_internal_value(self, data: Any) -> list[str]:
        """Raises `ValidationError` for a name that is neither."""
        given = super().to_internal_value(data)
        ours = (scope for name in given for scope in NAMES.get(name, (name,)))
        return list(dict.fromkeys(map(str, ours)))


class V1PermissionsSerializer(PermissionsSerializer):
    """What an API key may be used for."""

    permissions = V1PermissionsField()


class V1KeySerializer(ApiKeyIssueSerializer):
    """What a new API key needs."""

    permissions = V1PermissionsField()
    description = serializers.CharField(
        default="", allow_blank=True, allow_null=True, help_text="Not kept."
    )
