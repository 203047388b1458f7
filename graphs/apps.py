"""What can be run."""

from django.apps import AppConfig


class GraphsConfig(AppConfig):
    """Graphs, their versions, nodes and links."""

    name = "graphs"
