// Pieces of drawings as text, so that they can be carried to other graphs and other windows.
import { freeId, newLinkId, positionOf } from "./document.js";

const MARK = "agentloom/nodes";
const STEP = 40;

/** The nodes with the links among them, as text. */
export function copy(drawing, ids) {
  const chosen = new Set(ids);
  const nodes = [...drawing.nodes.values()].filter((node) => chosen.has(node.id));
  const links = [...drawing.links.values()].filter((link) => chosen.has(link.source_id) && chosen.has(link.sink_id));
  return JSON.stringify({ format: MARK, nodes, links }, null, 2);
}

/** What a text holds: a copied piece, or a whole graph; null when it is neither. */
export function parse(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const isPiece = Array.isArray(data?.nodes) && data.nodes.length > 0 && data.nodes.every(isNode);
  return isPiece ? { nodes: data.nodes, links: (data.links ?? []).filter(isLink) } : null;
}

function isNode(node) {
  return typeof node?.id === "string" && typeof node.block_id === "string";
}

function isLink(link) {
  return ["source_id", "source_name", "sink_id", "sink_name"].every((key) => typeof link?.[key] === "string");
}

/** The piece with ids that the drawing has not, moved so that it begins at `at`, or a step beside where it was. */
export function renewed(drawing, { nodes, links }, at = null) {
  const taken = new Set(drawing.nodes.keys());
  const ids = new Map();
  for (const node of nodes) {
    const id = freeId(taken, taken.has(node.id) ? node.block_id : node.id);
    taken.add(id);
    ids.set(node.id, id);
  }
  const places = nodes.map(positionOf).filter(Boolean);
  const corner = { x: Math.min(...places.map(({ x }) => x)), y: Math.min(...places.map(({ y }) => y)) };
  const shift = at && places.length ? { x: at.x - corner.x, y: at.y - corner.y } : { x: STEP, y: STEP };
  return {
    nodes: nodes.map((node) => moved({ ...node, id: ids.get(node.id) }, shift, at)),
    links: links.filter((link) => ids.has(link.source_id) && ids.has(link.sink_id)).map((link) => ({
      ...link, id: newLinkId(), source_id: ids.get(link.source_id), sink_id: ids.get(link.sink_id),
    })),
  };
}

function moved({ id, block_id, input_default = {}, metadata = {} }, shift, at) {
  const place = positionOf({ metadata }) ?? at ?? { x: 0, y: 0 };
  return { id, block_id, input_default, metadata: { ...metadata, position: { x: place.x + shift.x, y: place.y + shift.y } } };
}
