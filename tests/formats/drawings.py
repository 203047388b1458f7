"""Any drawing of real blocks, for round trips."""

from hypothesis import strategies as st

from blocks import registry
from blocks.credentials import asks_of
from graphs import spec
from graphs.formats.bundle import PLACEHOLDER, RUN_GRAPH, Bundle, Sheet
from graphs.formats.secrets import is_secret_name

BLOCKS = sorted(
    block.id
    for block in registry.all_blocks()
    if block.id not in {RUN_GRAPH, PLACEHOLDER} and not asks_of(block)
)
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")),
    min_size=1,
    max_size=20,
).filter(
    lambda text: text.strip() == text and text not in {"__proto__", "constructor", "prototype"}
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def drawings(draw, settings=None):
    """Nodes of any block with any values, and links between pins that are there."""
    ids = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    nodes = {id_: draw(nodes_of(id_)) for id_ in ids}
    links = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=6))
    drawn = [
        spec.Link(
            f"link-{number}",
            source,
            draw(pins_of(nodes[source], "Output")),
            sink,
            draw(pins_of(nodes[sink], "Input")),
        )
        for number, (source, sink) in enumerate(links)
    ]
    return spec.Graph(nodes, tuple(drawn), settings if settings is not None else draw(any_settings))


@st.composite
def nodes_of(draw, id_):
    block = registry.find(draw(st.sampled_from(BLOCKS)))
    # Texts under the names of secrets are left out of files, see `graphs.formats.secrets`.
    open_ = [pin for pin in sorted(block.Input.model_fields) if not is_secret_name(pin)]
    pins = st.sampled_from(open_ or ["x"])
    position = {"x": draw(st.integers(-999, 999)), "y": draw(st.integers(-999, 999))}
    metadata = {"position": position, "customized_name": draw(names)}
    return spec.Node(id_, block.id, draw(st.dictionaries(pins, values, max_size=3)), metadata)


def pins_of(node, side):
    pins = getattr(registry.find(node.block_id), side).model_fields
    return st.sampled_from(sorted(pins) or ["x"])


any_settings = st.fixed_dictionaries(
    {}, optional={"on_error": st.sampled_from(["fail", "stop", "continue"])}
)


@st.composite
def bundles(draw, settings=None):
    main = Sheet(
        draw(names), draw(st.text("abc \n", max_size=20).map(str.strip)), draw(drawings(settings))
    )
    parts = draw(st.integers(0, 2))
    return Bundle(
        main,
        tuple(Sheet(draw(names), "", draw(drawings(settings)), f"part-{n}") for n in range(parts)),
    )
