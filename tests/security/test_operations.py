"""Every operation of the API, with generated requests, right and wrong ones, by three kinds of caller.

No answer is a 5xx, and every answer is as the document says.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import keys
from accounts.models import Scope
from tests.api_client import document
from tests.factories import UserFactory

CALLERS = ("nobody", "user", "key without rights")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def operations():
    schema = schemathesis.openapi.from_dict(document())
    return [result.ok() for result in schema.get_all_operations()]


OPERATIONS = operations()
APPLICATION = get_wsgi_application()


@pytest.fixture(autouse=True)
def _one_connection():
    """Requests leave the connection open, because the test's transaction lives in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(db):
    """By caller: the headers that name it."""
    _key, everything = keys.issue(UserFactory(), name="all", permissions=Scope.values)
    _key, nothing = keys.issue(UserFactory(), name="little", permissions=[Scope.IDENTITY])
    bearers = {"user": everything, "key without rights": nothing}
    return {"nobody": {}} | {
        name: {"Authorization": f"Bearer {text}"} for name, text in bearers.items()
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
def test_no_request_breaks_the_api(operation, headers, is_long):
    @settings(
        max_examples=100 if is_long else 2,
        deadline=None,
        database=None,
        derandomize=not is_long,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def play(data):
        for mode in GenerationMode:
            case = data.draw(operation.as_strategy(generation_mode=mode))
            for caller in CALLERS:
                response = case.call(
                    app=APPLICATION, base_url="http://testserver", headers=headers[caller]
                )
                case.validate_response(response, checks=CHECKS)

    play()
