"""Graphs, their immutable versions, and the nodes and links of a version."""

import uuid
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.finding import look_only
from accounts.teams.models import EDITORS, OWNERS, VIEWERS, Team, TeamRole, in_team_of
from database import statements
from database.instances import columns_of, instance_of
from database.statements import Statement
from graphs import spec
from graphs.fields import StoredJSONField
from graphs.formats.bundle import RUNNERS


def open_to(user: User, roles: Iterable[str], graph: str = "") -> Q:
    """The one rule of who may do something with graphs: their owner, and who has one of these roles in their team.

    `graph` is where the rows have the graph, such as "graph__". Deleted graphs are open to nobody.
    """
    access = Q(**{f"{graph}owner": user}) | in_team_of(user.pk, roles, f"{graph}team")
    return access & Q(**{f"{graph}deleted_at": None})


class Audience(models.TextChoices):
    """For whom a graph is a template."""

    NOBODY = "nobody", _("Nobody")
    TEAM = "team", _("The team that it is shared with")
    EVERYBODY = "everybody", _("Everybody on this installation")


class GraphQuerySet(models.QuerySet["Graph"]):
    """Reads of graphs."""

    def owned_by(self, user: User) -> Self:
        """Their own graphs, without deleted ones."""
        return self.filter(owner=user, deleted_at=None, trial_of=None)

    def visible_to(self, user: User) -> Self:
        """Those that they may look at, with their versions and runs."""
        return self.filter(open_to(user, VIEWERS), trial_of=None)

    def editable_by(self, user: User) -> Self:
        """Those that they may change and run."""
        return self.filter(open_to(user, EDITORS), trial_of=None)

    def governed_by(self, user: User) -> Self:
        """Those that they may share and delete."""
        return self.filter(open_to(user, OWNERS), trial_of=None)

    def offered_to(self, user: User) -> Self:
        """Templates of their teams and of this installation: of the active version they may take a copy."""
        of_team = Q(template_for=Audience.TEAM) & in_team_of(user.pk, VIEWERS)
        offered = self.filter(of_team | Q(template_for=Audience.EVERYBODY), deleted_at=None)
        return offered.filter(versions__is_active=True)

    def present(self) -> Self:
        """All that were made by somebody and not deleted, whoever may see them."""
        return self.filter(deleted_at=None, trial_of=None)

    def seen_with(self, graph: "Graph") -> Self:
        """Those that everybody who may look at this graph may look at, too."""
        same = Q(team=graph.team_id) if graph.team_id else Q(owner=graph.owner_id)
        return self.present().filter(same)

    def with_active_version(self) -> Self:
        """Adds the active version's number as `active_version` and its node count as `node_count`."""
        active = GraphVersion.objects.filter(graph=models.OuterRef("pk"), is_active=True)
        nodes = Node.objects.filter(version__graph=models.OuterRef("pk"), version__is_active=True)
        count = nodes.order_by().values("version").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            active_version=models.Subquery(active.values("version")[:1]),
            node_count=Coalesce(models.Subquery(count[:1]), 0),
        )

    def matching(self, text: str) -> Self:
        """Graphs whose name or description contains `text`."""
        return self.filter(Q(name__icontains=text) | Q(description__icontains=text))

    def that_run(self, graph: "Graph") -> Self:
        """Graphs with a node in their active version that runs this one."""
        runners = Node.objects.filter(version__is_active=True, block_id__in=RUNNERS)
        of_it = runners.filter(input_default__graph_id=str(graph.pk))
        return self.filter(pk__in=of_it.values("version__graph"))

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-updated_at", "-pk")

    def by_name(self) -> Self:
        """In the order of the alphabet."""
        return self.order_by("name", "pk")


class Graph(models.Model):
    """Something that its owner has drawn; what can be run are its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="graphs"
    )
    # The owner is in this team, see the migration: when they leave it, this becomes null.
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="graphs"
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=1000, blank=True)
    template_for = models.CharField(
        _("template for"),
        max_length=10,
        choices=Audience.choices,
        default=Audience.NOBODY,
        db_default=Audience.NOBODY,
    )
    # The graphs that were given away with it when it was offered, see `graphs.offering`.
    template_parts = ArrayField(
        models.UUIDField(), default=list, db_default=[], blank=True, editable=False
    )
    # Parts of a graph that somebody tries are versions of a graph that no list shows.
    trial_of = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="trials",
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    # Runs keep the versions that they ran, so a graph is hidden, not erased.
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    objects = GraphQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="graph_has_a_name"),)
        indexes = (
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=Q(deleted_at=None),
                name="graph_by_owner",
            ),
        )

    def __str__(self) -> str:
        return self.name


class GraphVersionQuerySet(models.QuerySet["GraphVersion"]):
    """Reads of versions."""

    def visible_to(self, user: User) -> Self:
        """Versions of graphs that they may look at."""
        return self.filter(open_to(user, VIEWERS, "graph__"))

    def editable_by(self, user: User) -> Self:
        """Versions of graphs that they may change and run."""
        return self.filter(open_to(user, EDITORS, "graph__"))

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-version")

    def runnable(self, user: User, graph_id: uuid.UUID, number: int | None) -> "GraphVersion":
        """The version with this number of a graph that they may run, or its active one.

        Raises `DoesNotExist`, and `PermissionDenied` when they may only look at it. Every start of a run asks this, so
        the rule of `open_to` is written out here.
        """
        asked = Statement(_RUNNABLE, [user.pk, user.pk, graph_id, user.pk, number, number])
        [found] = statements.run(asked)
        if not found:
            raise GraphVersion.DoesNotExist
        [(*columns, may_only_look)] = found
        if may_only_look:
            raise look_only()
        return instance_of(GraphVersion, columns)


class GraphVersion(models.Model):
    """One saved state of a graph. Never changes once saved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField(_("version"))
    is_active = models.BooleanField(_("active"), default=False)
    settings = StoredJSONField(_("settings"), default=dict, blank=True)
    message = models.CharField(_("what has changed"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = GraphVersionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["graph", "version"], name="one_row_per_version"),
            models.UniqueConstraint(
                fields=["graph"], condition=Q(is_active=True), name="one_active_version_per_graph"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="versions_start_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.graph_id} v{self.version}"

    def load(self) -> spec.Graph:
        """The drawing as data (two queries)."""
        nodes = [node.to_spec() for node in self.nodes.order_by("index")]
        links = self.links.order_by("index").values_list(
            "link_id", "source__node_id", "source_name", "sink__node_id", "sink_name", "is_static"
        )
        return spec.Graph(
            nodes={node.id: node for node in nodes},
            links=tuple(spec.Link(*link) for link in links),
            settings=self.settings,
        )


class Node(models.Model):
    """A node of one version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(GraphVersion, on_delete=models.CASCADE, related_name="nodes")
    node_id = models.CharField(_("node id"), max_length=100)
    index = models.PositiveIntegerField(default=0, editable=False)
    block_id = models.CharField(_("block"), max_length=100)
    input_default = StoredJSONField(_("input defaults"), default=dict, blank=True)
    metadata = StoredJSONField(_("metadata"), default=dict, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["version", "node_id"], name="unique_node_id_per_version"
            ),
            # The target of the links' composite foreign keys, see the migration.
            models.UniqueConstraint(fields=["version", "id"], name="node_belongs_to_version"),
        )
        indexes = (models.Index(fields=["block_id"], name="node_by_block"),)

    def __str__(self) -> str:
        return self.node_id

    def to_spec(self) -> spec.Node:
        """The row as data."""
        return spec.Node(self.node_id, self.block_id, self.input_default, self.metadata)


class Link(models.Model):
    """A link of one version; the database refuses one that joins nodes of different versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(GraphVersion, on_delete=models.CASCADE, related_name="links")
    link_id = models.CharField(_("link id"), max_length=100)
    index = models.PositiveIntegerField(default=0, editable=False)
    source = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="links_out")
    source_name = models.CharField(_("source pin"), max_length=300)
    sink = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="links_in")
    sink_name = models.CharField(_("sink pin"), max_length=300)
    is_static = models.BooleanField(_("static"), default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["version", "link_id"], name="unique_link_id_per_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_name} → {self.sink_name}"


_RUNNABLE = f"""
SELECT {columns_of(GraphVersion, "version")},
       graph.owner_id <> %s AND member.role = '{TeamRole.VIEWER}'
  FROM graphs_graphversion AS version JOIN graphs_graph AS graph ON graph.id = version.graph_id
  LEFT JOIN teams_membership AS member ON member.team_id = graph.team_id AND member.user_id = %s
 WHERE graph.id = %s AND graph.deleted_at IS NULL AND (graph.owner_id = %s OR member.id IS NOT NULL)
   AND CASE WHEN %s::numeric IS NULL THEN version.is_active ELSE version.version = %s::numeric END
"""  # nosec B608 # noqa: S608 - names of columns, a constant
