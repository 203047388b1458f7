"""How Django answers HTTP here: one hop from the event loop into a thread, where everything is synchronous.

Django's own ASGI handler goes back and forth between loop and thread for every middleware and view that is not
asynchronous, and none of ours is: that costs more than most answers.
"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import connections
from django.http.response import HttpResponseBase


class ThreadedHandler(ASGIHandler):
    """The synchronous stack behind an asynchronous server."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Set the stack up as a WSGI server would."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: ASGIRequest) -> HttpResponseBase:  # type: ignore[override]
        """Answer in a thread."""
        return await sync_to_async(self._answer, thread_sensitive=True)(request)

    def _answer(self, request: ASGIRequest) -> HttpResponseBase:
        """The answer; while it is streamed, its thread idles and the pool of the database has its connection again.

        So it has when there is no answer, whose end would give it back.
        """
        try:
            response = self.get_response(request)
        except BaseException:
            connections.close_all()
            raise
        if response.streaming:
            connections.close_all()
        return response
