"""Handing out the copy of somebody's data."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse

from executions.retention.models import DataExport

_PIECE = 65_536  # bytes


def download(made: DataExport) -> StreamingHttpResponse:
    """As a file to keep, never shown in the browser or remembered by it."""
    name = f"agentloom-{made.created_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(made.size),
        "Cache-Control": "private, no-store",
    }
    pieces = _pieces(str(made.content.name))
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


def _pieces(place: str) -> Iterator[bytes]:
    with default_storage.open(place) as file:
        yield from file.chunks(_PIECE)
