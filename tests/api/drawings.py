"""Bodies for POST /api/graphs."""


def node(id_, block_id, **input_default):
    return {"id": id_, "block_id": block_id, "input_default": input_default, "metadata": {}}


def link(source, sink):
    """A link from `node.pin` to `node.pin`."""
    source_id, source_name = source.split(".")
    sink_id, sink_name = sink.split(".")
    return {
        "source_id": source_id,
        "source_name": source_name,
        "sink_id": sink_id,
        "sink_name": sink_name,
    }


def graph(nodes=None, links=None, **fields):
    """A graph that repeats its input `text` as `answer`, unless other nodes and links are given."""
    echo = [
        node("ask", "text_input_block", name="text"),
        node("tell", "output_block", name="answer"),
    ]
    wires = [link("ask.text", "tell.value")]
    return {
        "name": "Echo",
        "nodes": echo if nodes is None else nodes,
        "links": (wires if nodes is None else []) if links is None else links,
        **fields,
    }
