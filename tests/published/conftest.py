"""Published pages, their owner and visitors."""

import pytest
from django.test import Client

from executions.published import services
from graphs import spec
from tests.factories import VersionFactory


@pytest.fixture
def page(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def visitor(db):
    return Client()


@pytest.fixture
def publish(user, version):
    """A page of the user's graph, public unless told otherwise."""

    def publish(version=version, **values):
        fields = {"name": "Ask us", "kind": "form", "is_public": True, "daily_credits": 100}
        return services.create_page(user=user, version=version, values={**fields, **values})

    return publish


@pytest.fixture
def talker(user):
    """A graph that answers what was said before, and what is said."""
    drawing = spec.Graph(
        nodes={
            "message": spec.Node("message", "text_input_block", {"name": "message"}),
            "history": spec.Node("history", "input_block", {"name": "history", "value": []}),
            "say": spec.Node("say", "fill_text_template_block", {"format": TALK}),
            "answer": spec.Node("answer", "output_block", {"name": "answer"}),
        },
        links=(
            spec.Link("1", "message", "text", "say", "values_#_message"),
            spec.Link("2", "history", "result", "say", "values_#_history"),
            spec.Link("3", "say", "output", "answer", "value"),
        ),
    )
    return VersionFactory(owner=user, drawing=drawing)


TALK = "{{ message }} after {{ history | map(attribute='content') | join(', ') }}"
