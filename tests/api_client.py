"""A client of the API that holds every answer against the OpenAPI document."""

import re
from functools import cache

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker
from rest_framework.test import APIClient

CONVERTERS = {"id": "[0-9a-f-]{36}", "graph_id": "[0-9a-f-]{36}", "version": r"\d+"}


class Client(APIClient):
    """Sends JSON, and fails when an answer is not as documented."""

    default_format = "json"

    def request(self, **kwargs):
        response = super().request(**kwargs)
        if response.headers.get("Content-Type") == "application/json":
            check(kwargs["REQUEST_METHOD"], kwargs["PATH_INFO"], response)
        return response


def client_of(token):
    """A client with an access token or an API key."""
    return Client(HTTP_AUTHORIZATION=f"Bearer {token}")


def check(method, path, response):
    for error in _validator(schema_of(method, path, response.status_code)).iter_errors(
        response.json()
    ):
        raise AssertionError(f"{method} {path}: {error.json_path} {error.message}")


def schema_of(method, path, status):
    """The schema of an answer; addresses and methods that nobody documents answer with an error."""
    for template, operations in document()["paths"].items():
        if method.lower() in operations and _pattern(template).fullmatch(path):
            responses = operations[method.lower()]["responses"]
            answer = responses.get(str(status)) or responses["default"]
            return answer["content"]["application/json"]["schema"]
    assert status >= 400, f"{method} {path} is not documented"
    return {"$ref": "#/components/schemas/ErrorAnswer"}


@cache
def document():
    """The OpenAPI document, with objects closed where nothing says that they are open."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


@cache
def _pattern(template):
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(
            CONVERTERS.get(part, "[^/]+") if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
    )


def _validator(schema):
    return Draft202012Validator(
        {**schema, "components": document()["components"]}, format_checker=FormatChecker()
    )
