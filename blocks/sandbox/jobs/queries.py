"""Questions to JSON values: JMESPath, JSONPath, JSON Schema."""

from itertools import islice
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from blocks.sandbox.errors import LimitError, RefusedError

MAX_MATCHES = 100_000
MAX_PROBLEMS = 100


def search(expression: str, value: Any) -> Any:
    """What the JMESPath expression finds."""
    try:
        return jmespath.search(expression, value)
    except JMESPathError as error:
        raise _refusal(error) from None


def compile_query(expression: str) -> None:
    """Refuse what is no JMESPath expression."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        raise _refusal(error) from None


def _refusal(error: JMESPathError) -> RefusedError:
    reason = str(error).partition("\n")[0]
    return RefusedError(f"The query cannot be used: {reason}")


def find(path: str, value: Any) -> list[dict[str, Any]]:
    """Every match of the JSONPath, with the place where it was found."""
    try:
        query = parse(path)
    except JSONPathError as error:
        raise RefusedError(f"The path cannot be used: {error}") from None
    matches = query.find(value)
    if len(matches) > MAX_MATCHES:
        raise LimitError(f"it finds more than {MAX_MATCHES:,} values")
    return [{"value": match.value, "path": str(match.full_path)} for match in matches]


def problems(schema: Any, value: Any) -> list[dict[str, str]]:
    """What of the value does not fit the schema. References to other documents are not followed."""
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
        errors = kind(schema, registry=Registry()).iter_errors(value)
        return [_problem(error) for error in islice(errors, MAX_PROBLEMS)]
    except SchemaError as error:
        raise RefusedError(f"The schema is wrong: {error.message[:200]}") from None
    except Unresolvable as error:
        raise RefusedError(f"The schema refers to something outside of it: {error}") from None


def _problem(error: ValidationError) -> dict[str, str]:
    return {"path": error.json_path, "message": error.message[:500]}
