"""The form of an endpoint, and what becomes of it."""

from collections.abc import Callable

from accounts.models import User
from blocks.base import BlockError
from executions.errors import TooManyEndpointsError
from executions.notifications import services
from executions.notifications.forms import EndpointForm
from executions.notifications.models import Endpoint
from graphs.translating import translated


def made_by(form: EndpointForm, user: User) -> Endpoint | None:
    """The new endpoint; None when the form says why there is none."""
    return _tried(form, lambda: services.create_endpoint(user=user, **form.cleaned_data))


def changed_by(form: EndpointForm, endpoint: Endpoint) -> Endpoint | None:
    """The endpoint with what was filled in; None when the form says what is wrong."""
    return _tried(form, lambda: services.change_endpoint(endpoint, **form.cleaned_data))


def _tried(form: EndpointForm, do: Callable[[], Endpoint]) -> Endpoint | None:
    if not form.is_valid():
        return None
    try:
        return do()
    except BlockError as error:
        form.add_error("url", translated(str(error)))
    except TooManyEndpointsError as error:
        form.add_error(None, str(error))
    return None
