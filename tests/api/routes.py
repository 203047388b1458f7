"""Every route of the API, for promises that hold for all of them."""

from uuid import UUID

from config.api import external, urlpatterns
from tests.api_client import document

NOBODYS = UUID(int=0)


def viewset_actions():
    """(address, method, viewset, action) of each route that leads to a viewset."""
    for prefix, patterns in (("/api/", urlpatterns), ("/external-api/v1/", external)):
        for pattern in patterns:
            for method, action in getattr(pattern.callback, "actions", {}).items():
                if method != "head":
                    yield f"{prefix}{pattern.pattern}", method, pattern.callback.cls, action


def address_of(
    template,
    *,
    graph_id=NOBODYS,
    pk=NOBODYS,
    version=1,
    block_id="x",
    team_id=NOBODYS,
    user_id=NOBODYS,
):
    """The address with these ids in it."""
    places = {
        "uuid:graph_id": graph_id,
        "uuid:pk": pk,
        "uuid:team_id": team_id,
        "uuid:user_id": user_id,
        "int:version": version,
        "str:block_id": block_id,
        "str:node_id": "x",
        "uuid:node_execution_id": NOBODYS,
    }
    for place, value in places.items():
        template = template.replace(f"<{place}>", str(value))
    return template


def documented():
    """(address, method) of everything in the OpenAPI document."""
    for address, operations in document()["paths"].items():
        for method in operations:
            yield address, method
