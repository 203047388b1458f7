"""Every page and every button, so that promises can be tested on all of them."""

from django.urls import URLPattern, get_resolver, reverse

# Pages that open with GET; a word is the block of the catalogue, the rest is filled from the ids of the test.
OPEN = {"accounts:login", "accounts:logout", "accounts:sign-up"}
POST_ONLY = {
    *("accounts:change-api-key", "graphs:activate", "graphs:delete"),
    *("executions:stop", "executions:again", "executions:delete", "executions:answer"),
}


def names():
    """The names of all page routes."""
    found = set()
    for namespace in ("accounts", "graphs", "executions", "blocks"):
        resolver = get_resolver().namespace_dict[namespace][1]
        routes = [route for route in resolver.url_patterns if isinstance(route, URLPattern)]
        found |= {f"{namespace}:{route.name}" for route in routes}
    return found


def address_of(name, firing):
    """The address of a route for things of this firing's owner."""
    execution = firing.execution
    kwargs = {
        "executions:firing": {"pk": execution.pk, "firing_pk": firing.pk},
        "executions:answer": {"pk": execution.pk, "firing_pk": firing.pk},
        "executions:values": {"pk": execution.pk, "firing_pk": firing.pk},
        "executions:start": {"graph_pk": execution.graph_id},
        "executions:recent": {"graph_pk": execution.graph_id},
        "graphs:activate": {"pk": execution.graph_id, "number": 1},
        "blocks:detail": {"block_id": "llm_call_block"},
        "accounts:change-api-key": {"pk": execution.pk, "verb": "suspend"},
    }.get(name)
    if kwargs is None and takes_id(name):
        is_graph = name.startswith("graphs:")
        kwargs = {"pk": execution.graph_id if is_graph else execution.pk}
    query = f"?node={firing.node_id}" if name.endswith(":node") else ""
    return reverse(name, kwargs=kwargs) + query


def takes_id(name):
    """Whether the route is about one graph or run."""
    namespace, _, short = name.partition(":")
    if namespace == "blocks" or short in {"list", "new", "import"}:
        return False
    return namespace in {"graphs", "executions"} or short == "change-api-key"
