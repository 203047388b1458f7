"""Rows of our own statements as models."""

from dataclasses import replace

import pytest
from django.db import models

from accounts.models import ApiKey, User
from database import statements
from database.instances import columns_of, instance_of
from database.statements import Statement
from graphs.models import GraphVersion
from tests.factories import VersionFactory, echo_drawing


@pytest.fixture
def rows(api, user):
    drawing = replace(echo_drawing(), settings={"on_error": "stop"})
    return [user, ApiKey.objects.get(), VersionFactory(drawing=drawing)]


def _read(model, row):
    text = f"SELECT {columns_of(model, 'row')} FROM {model._meta.db_table} AS row WHERE row.id = %s"
    [[columns]] = statements.run(Statement(text, [row.pk]))
    return instance_of(model, columns)


def test_a_row_is_what_the_orm_would_give(rows):
    for model, row in zip([User, ApiKey, GraphVersion], rows, strict=True):
        expected = model.objects.get(pk=row.pk)
        found = _read(model, row)
        for field in model._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(expected, field.attname)
        assert isinstance(found, models.Model)
        assert not found._state.adding
