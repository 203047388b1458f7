"""Pages of lists."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Cursors(CursorPagination):
    """Pages that begin where the last one ended, whatever was added meanwhile; in the order of the list itself."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Raises `ValidationError` for a list whose order has no cursor."""
        order = tuple(queryset.query.order_by)
        if not order or not all(isinstance(each, str) for each in order):
            raise ValidationError({"cursor": [_("This list has no cursors; use `page`.")]})
        return order


class Pages(PageNumberPagination):
    """`?page=2&page_size=50`, or `?cursor=` for the first page and then `next`; answers {count, next, previous, results}."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    _cursors: Cursors | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        """The rows of the page that is asked for. Raises `NotFound` for one that is not there."""
        if "cursor" not in request.query_params:
            return super().paginate_queryset(queryset, request, view)
        self._cursors, self._count = Cursors(), queryset.count()
        self._cursors.page_size = self.get_page_size(request)
        return self._cursors.paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """With the addresses of the pages beside it."""
        cursors = self._cursors
        if cursors is None:
            return super().get_paginated_response(data)
        places = {"next": cursors.get_next_link(), "previous": cursors.get_previous_link()}
        return Response({"count": self._count, **places, "results": data})

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """What the address may say."""
        text = "Instead of `page`: empty for the first page; `next` has that of the next one."
        cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
        own: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        return [*own, {**cursor, "description": text}]

    def get_page_size(self, request: Request) -> int:
        """What is asked for, 100 at most. Raises `ValidationError` for what is no number above zero."""
        text = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (text.isascii() and text.isdigit() and int(text[:9])):
            raise ValidationError({"page_size": [_("This must be a whole number above zero.")]})
        return min(int(text[:9]), self.max_page_size)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same answer in the words of OpenAPI 3.1."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer"},
                "next": address,
                "previous": address,
                "results": schema,
            },
        }
