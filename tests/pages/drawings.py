"""Graphs for the tests of pages."""

import itertools
import json

from graphs import spec


def document(**changed):
    """A sound graph as JSON text."""
    graph = {
        "name": "Imported",
        "description": "From a file.",
        "nodes": [
            {"id": "ask", "block_id": "text_input_block", "input_default": {"name": "text"}},
            {"id": "tell", "block_id": "output_block", "input_default": {"name": "answer"}},
        ],
        "links": [
            {"source_id": "ask", "source_name": "text", "sink_id": "tell", "sink_name": "value"}
        ],
    }
    return json.dumps(graph | changed)


def of_inputs(*inputs):
    """A graph with one input node for each (block id, defaults)."""
    nodes = {
        f"n{index}": spec.Node(f"n{index}", block_id, defaults)
        for index, (block_id, defaults) in enumerate(inputs)
    }
    return spec.Graph(nodes=nodes, links=())


def chain(*titles, **metadata):
    """Nodes that pass a value on, one after the other."""
    nodes = {
        title: spec.Node(title, "store_value_block", {}, metadata.get(title, {}))
        for title in titles
    }
    links = tuple(
        spec.Link(f"{source}-{sink}", source, "output", sink, "input")
        for source, sink in itertools.pairwise(titles)
    )
    return spec.Graph(nodes=nodes, links=links)
