"""HTTP to Django, WebSockets to Channels."""

import os

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)  # the routes can be imported only after it

from config.body_limit import BodyLimit  # noqa: E402 - see the line above
from config.http import ThreadedHandler  # noqa: E402 - see the line above
from config.origin import OriginValidator  # noqa: E402 - see the line above
from executions import garbage  # noqa: E402 - see the line above
from executions.live.routing import websocket_urlpatterns  # noqa: E402 - see the line above

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(ThreadedHandler(), settings.MAX_BODY_BYTES),
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))  # type: ignore[arg-type]  # as in routing
        ),
    }
)
garbage.look_seldom()
