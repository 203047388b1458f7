// Every change of a drawing: pure functions from one drawing to the next.
import { newLinkId, positionOf } from "./document.js";

function withNode(drawing, node) {
  return { ...drawing, nodes: new Map(drawing.nodes).set(node.id, node) };
}

function changed(drawing, id, change) {
  const node = drawing.nodes.get(id);
  return node ? withNode(drawing, { ...node, ...change(node) }) : drawing;
}

export function addNode(drawing, node) {
  return withNode(drawing, node);
}

/** Sets the value of an unlinked pin; `undefined` takes it away. */
export function setInput(drawing, id, pin, value) {
  return changed(drawing, id, ({ input_default: { [pin]: _old, ...rest } }) =>
    ({ input_default: value === undefined ? rest : { ...rest, [pin]: value } }));
}

/** Sets an entry of a node's metadata; `undefined` takes it away. */
export function setMetadata(drawing, id, key, value) {
  return changed(drawing, id, ({ metadata: { [key]: _old, ...rest } }) =>
    ({ metadata: value === undefined ? rest : { ...rest, [key]: value } }));
}

/** Name, description or settings of the graph. */
export function setGraph(drawing, changes) {
  return { ...drawing, ...changes };
}

/** Puts nodes in their places: a Map from id to {x, y}. */
export function place(drawing, places) {
  const nodes = new Map(drawing.nodes);
  for (const [id, { x, y }] of places) {
    const node = nodes.get(id);
    if (node) nodes.set(id, { ...node, metadata: { ...node.metadata, position: { x, y } } });
  }
  return { ...drawing, nodes };
}

/** Gives frames their places and sizes: a Map from id to {position, frame}. */
export function reframe(drawing, frames) {
  return [...frames].reduce((each, [id, { position, frame }]) => setMetadata(place(each, new Map([[id, position]])), id, "frame", frame), drawing);
}

export function move(drawing, ids, dx, dy) {
  const places = new Map();
  for (const id of ids) {
    const at = drawing.nodes.has(id) && positionOf(drawing.nodes.get(id));
    if (at) places.set(id, { x: at.x + dx, y: at.y + dy });
  }
  return place(drawing, places);
}

/** Takes away nodes with their links, and links. */
export function remove(drawing, { nodes = [], links = [] }) {
  const [gone, cut] = [new Set(nodes), new Set(links)];
  const keep = ([id, link]) => !cut.has(id) && !gone.has(link.source_id) && !gone.has(link.sink_id);
  return {
    ...drawing,
    nodes: new Map([...drawing.nodes].filter(([id]) => !gone.has(id))),
    links: new Map([...drawing.links].filter(keep)),
  };
}

/** Adds a link {source_id, source_name, sink_id, sink_name}; one that is there already stays alone. */
export function addLink(drawing, ends) {
  if (hasLink(drawing, ends)) return drawing;
  const link = { id: newLinkId(), ...ends };
  return { ...drawing, links: new Map(drawing.links).set(link.id, link) };
}

export function hasLink(drawing, ends) {
  return [...drawing.links.values()].some((link) => Object.keys(ends).every((key) => link[key] === ends[key]));
}

/** Moves one end of a link to another pin. */
export function relink(drawing, id, ends) {
  const link = drawing.links.get(id);
  if (!link || hasLink(drawing, ends)) return drawing;
  return { ...drawing, links: new Map(drawing.links).set(id, { ...link, ...ends }) };
}

/** Adds nodes and links at once, as pasting does. */
export function insert(drawing, { nodes, links }) {
  return {
    ...drawing,
    nodes: new Map([...drawing.nodes, ...nodes.map((node) => [node.id, node])]),
    links: new Map([...drawing.links, ...links.map((link) => [link.id, link])]),
  };
}

/** Puts a node into a link: what came along it goes into `input` now, and on from `output`. */
export function insertOnLink(drawing, linkId, node, { input, output }) {
  const link = drawing.links.get(linkId);
  const without = addNode(remove(drawing, { links: [linkId] }), node);
  const before = { source_id: link.source_id, source_name: link.source_name, sink_id: node.id, sink_name: input };
  const after = { source_id: node.id, source_name: output, sink_id: link.sink_id, sink_name: link.sink_name };
  return addLink(addLink(without, before), after);
}

/** Adds a pin of the user's own to a node; `side` is "inputs" or "outputs". */
export function addPin(drawing, id, side, name) {
  return changed(drawing, id, ({ metadata }) => ({ metadata: { ...metadata, pins: withPin(metadata.pins, side, name) } }));
}

function withPin(pins = {}, side, name) {
  return { ...pins, [side]: [...new Set([...(pins[side] ?? []), name])] };
}

/** Takes such a pin away, with its links and its value. */
export function removePin(drawing, id, side, name) {
  const [node, pin] = side === "inputs" ? ["sink_id", "sink_name"] : ["source_id", "source_name"];
  const cut = [...drawing.links.values()].filter((link) => link[node] === id && link[pin] === name);
  const without = remove(drawing, { links: cut.map((link) => link.id) });
  return changed(setInput(without, id, name, undefined), id, ({ metadata }) => {
    const rest = (metadata.pins?.[side] ?? []).filter((each) => each !== name);
    return { metadata: { ...metadata, pins: { ...metadata.pins, [side]: rest } } };
  });
}

/** Calls such a pin otherwise; links and its value come along. */
export function renamePin(drawing, id, side, name, newName) {
  const [node, pin] = side === "inputs" ? ["sink_id", "sink_name"] : ["source_id", "source_name"];
  const links = new Map([...drawing.links].map(([linkId, link]) =>
    [linkId, link[node] === id && link[pin] === name ? { ...link, [pin]: newName } : link]));
  return changed({ ...drawing, links }, id, ({ metadata, input_default: { [name]: value, ...rest } }) => {
    const others = (metadata.pins?.[side] ?? []).filter((each) => each !== name);
    return {
      input_default: value === undefined ? rest : { ...rest, [newName]: value },
      metadata: { ...metadata, pins: { ...metadata.pins, [side]: [...new Set([...others, newName])] } },
    };
  });
}
