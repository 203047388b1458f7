"""HTTP to Django, WebSockets to Channels."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()  # loads the apps, so the routes can be imported only after it

from config.body_limit import BodyLimit  # noqa: E402 - see the line above
from config.origin import OriginValidator  # noqa: E402 - see the line above
from executions.routing import websocket_urlpatterns  # noqa: E402 - see the line above

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(http, settings.MAX_BODY_BYTES),
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))  # type: ignore[arg-type]  # as in routing
        ),
    }
)
