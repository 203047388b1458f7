"""How a file leaves: as something to save, never as something that a browser runs."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from blocks.value_views import HARMLESS_TYPES
from executions.files import services
from executions.files.models import StoredFile


def answer(file: StoredFile) -> HttpResponse:
    """The content under its name. Raises `Http404` when the storage has lost it."""
    try:
        content = services.read(file)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(
        content,
        # Whatever the owner calls it: nothing that would run in the name of this site. Pages show pictures and play
        # sounds by this address.
        content_type=file.content_type
        if file.content_type in HARMLESS_TYPES
        else "application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
