// A drawing as immutable data: {name, description, settings, nodes: Map, links: Map}. No page, no server.
const NODE_KEYS = ["id", "block_id", "input_default", "metadata"];
const LINK_KEYS = ["id", "source_id", "source_name", "sink_id", "sink_name"];

/** The drawing in a document as the API has it. */
export function fromJson({ name = "", description = "", settings = {}, nodes = [], links = [] }) {
  return {
    name,
    description: description ?? "",
    settings,
    nodes: new Map(nodes.map((node) => [node.id, asNode(node)])),
    links: new Map(links.map((link) => asLink(link)).map((link) => [link.id, link])),
  };
}

function asNode(given) {
  return { id: given.id, block_id: given.block_id, input_default: given.input_default ?? {}, metadata: given.metadata ?? {} };
}

function asLink(given) {
  return { ...only(given, LINK_KEYS), id: given.id ?? newLinkId() };
}

function only(given, keys) {
  return Object.fromEntries(keys.map((key) => [key, given[key]]));
}

/** The document for the API. */
export function toJson(drawing) {
  return {
    name: drawing.name,
    description: drawing.description,
    settings: drawing.settings,
    nodes: [...drawing.nodes.values()].map((node) => only(node, NODE_KEYS)),
    links: [...drawing.links.values()].map((link) => only(link, LINK_KEYS)),
  };
}

/** Whether two drawings say the same. */
export function isSame(one, other) {
  return one === other || canonical(toJson(one)) === canonical(toJson(other));
}

// The database keeps no order of keys, so texts are compared with sorted ones.
function canonical(value) {
  return JSON.stringify(value, (_key, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each);
}

export function titleOf(node) {
  return String(node.metadata.title || node.metadata.customized_name || node.id);
}

/** Whether a node was only put elsewhere: everything but its place is the very same. */
export function isMoved(before, after) {
  const { position: _from, ...was } = before.metadata;
  const { position: _to, ...is } = after.metadata;
  const isSameMetadata = Object.keys({ ...was, ...is }).every((key) => was[key] === is[key]);
  return isSameMetadata && before.block_id === after.block_id && before.input_default === after.input_default;
}

export function positionOf(node) {
  const { x, y } = node.metadata.position ?? {};
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** An id that no node has yet, made from a block's: `text_input`, `text_input_2` … */
export function freeId(taken, blockId) {
  const base = blockId.replace(/_block$/, "").slice(0, 80) || "node";
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}_${n}`;
  return id;
}

export function newLinkId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `link-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

const indexes = new WeakMap();

/** The links of a drawing by node: {into: Map, outOf: Map}; made once for each set of links. */
export function linksByNode(drawing) {
  if (!indexes.has(drawing.links)) {
    const index = { into: new Map(), outOf: new Map() };
    for (const link of drawing.links.values()) {
      put(index.into, link.sink_id, link);
      put(index.outOf, link.source_id, link);
    }
    indexes.set(drawing.links, index);
  }
  return indexes.get(drawing.links);
}

function put(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
}
