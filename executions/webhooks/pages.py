"""The forms of a webhook, and what becomes of them."""

from collections.abc import Callable
from typing import Any

from accounts.http import UserRequest
from accounts.models import User
from executions.errors import NotActiveError
from executions.triggers import keeping
from executions.triggers.problems import say_problems
from executions.webhooks import services
from executions.webhooks.errors import FilterError, WebhookSecretError
from executions.webhooks.forms import SecretForm, WebhookForm
from executions.webhooks.models import Webhook
from graphs.errors import InvalidGraphError
from graphs.models import GraphVersion
from graphs.translating import said


def form_of(request: UserRequest, webhook: Webhook | None = None) -> WebhookForm:
    """Filled with what was sent to its own page, or with what the webhook has."""
    is_sent = request.method == "POST" and "signature" in request.POST
    initial: dict[str, Any] = {"signature": Webhook.Signature.STANDARD, "wait_seconds": 0}
    if webhook:
        initial = {name: getattr(webhook, name) for name in WebhookForm.base_fields}
    return WebhookForm(request.POST if is_sent else None, initial=initial)


def made_by(
    form: WebhookForm, secret_form: SecretForm, user: User, version: GraphVersion
) -> Webhook | None:
    """The new webhook; None when a form says why there is none."""
    if not all([form.is_valid(), secret_form.is_valid()]):
        return None

    def make() -> Webhook:
        return services.create_webhook(
            user=user,
            version=version,
            is_pinned=False,
            values=form.cleaned_data,
            secret=secret_form.cleaned_data["secret"],
        )

    try:
        return _tried(form, make)
    except WebhookSecretError as error:
        secret_form.add_error("secret", said(error))
        return None


def changed_by(form: WebhookForm, webhook: Webhook) -> Webhook | None:
    """The webhook with what was filled in; None when the form says what is wrong."""
    if not form.is_valid():
        return None
    is_pinned, values = webhook.version is not None, form.cleaned_data

    def change() -> Webhook:
        version = keeping.version_of(webhook, webhook.version)
        return services.change_webhook(webhook, version, is_pinned=is_pinned, values=values)

    return _tried(form, change)


def _tried(form: WebhookForm, do: Callable[[], Webhook]) -> Webhook | None:
    try:
        return do()
    except FilterError as error:
        form.add_error("condition", said(error))
    except NotActiveError as error:
        form.add_error(None, said(error))
    except InvalidGraphError as error:
        say_problems(form, error)
    return None
