"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from executions.models import Execution, NodeExecution
from graphs import services, spec
from graphs.models import GraphVersion, Link, Node

pytestmark = pytest.mark.django_db

DRAWING = spec.Graph(
    nodes={
        "a": spec.Node("a", "text_input_block"),
        "b": spec.Node("b", "note_block", {"text": "x"}),
    },
    links=(spec.Link("1", "a", "text", "b", "text"),),
)


@pytest.fixture
def version():
    owner = User.objects.create_user("owner@example.com", "a-long-password")
    return services.create_graph(owner=owner, name="Constraints", drawing=DRAWING)


def refused():
    """The block must be refused; deferred constraints are checked at its end."""
    return pytest.raises(IntegrityError)


def test_a_graph_has_one_active_version(version):
    with refused(), transaction.atomic():
        GraphVersion.objects.create(graph=version.graph, version=2, is_active=True)


def test_a_version_number_is_given_once(version):
    with refused(), transaction.atomic():
        GraphVersion.objects.create(graph=version.graph, version=1)


def test_a_node_id_is_given_once_in_a_version(version):
    with refused(), transaction.atomic():
        Node.objects.create(version=version, node_id="a", block_id="note_block")


def test_a_link_joins_nodes_of_its_own_version(version):
    other = services.save_version(
        graph=version.graph, name="Constraints", description="", drawing=DRAWING
    )
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        Link.objects.create(
            version=version,
            link_id="2",
            source=version.nodes.get(node_id="a"),
            source_name="text",
            sink=other.nodes.get(node_id="b"),
            sink_name="text",
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "INCOMPLETE"},  # nodes only
        {"status": "DONE"},
        {"source": "pigeon"},
        {"cost": -1},
        {"node_count": -1},
        {"error_count": -1},
    ],
)
def test_a_run_has_a_legal_status_and_source_and_no_negative_numbers(version, wrong):
    with refused(), transaction.atomic():
        Execution.objects.create(
            graph=version.graph, version=version, user=version.graph.owner, **wrong
        )


@pytest.mark.parametrize(
    "wrong", [{"status": "DONE"}, {"position": -1}, {"cost": -1}, {"attempts": -1}, {"fence": -1}]
)
def test_a_node_execution_has_a_legal_status_and_no_negative_numbers(version, wrong):
    run = Execution.objects.create(graph=version.graph, version=version, user=version.graph.owner)
    fields = {"status": "QUEUED", "position": 0, "node_id": "a", "block_id": "x"}
    with refused(), transaction.atomic():
        NodeExecution.objects.create(execution=run, **{**fields, **wrong})


def test_two_firings_of_a_run_do_not_share_a_position(version):
    run = Execution.objects.create(graph=version.graph, version=version, user=version.graph.owner)
    fields = {"execution": run, "status": "QUEUED", "position": 0, "block_id": "x"}
    NodeExecution.objects.create(**fields, node_id="a")
    with refused(), transaction.atomic():
        NodeExecution.objects.create(**fields, node_id="b")


@pytest.mark.parametrize("wrong", [{"credits": -1}, {"role": "king"}])
def test_a_user_has_a_known_role_and_no_debts(version, wrong):
    with refused(), transaction.atomic():
        User.objects.filter(pk=version.graph.owner_id).update(**wrong)
