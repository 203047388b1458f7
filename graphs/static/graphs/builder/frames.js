// Frames around nodes: notes with a size, in their metadata. What lies inside a frame goes with it.
import { boundsOf } from "../js/geometry.js";

const PAD = 30;
const HEAD = 40;
export const COLOURS = ["grey", "blue", "green", "orange", "purple"];
export const LEAST = { width: 160, height: 100 };

/** {width, height, colour} of a frame; null for other nodes, whatever their metadata says. */
export function frameOf(node) {
  const { width, height, colour } = node.metadata.frame ?? {};
  if (!Number.isFinite(width) || !Number.isFinite(height)) return null;
  return {
    width: Math.max(width, LEAST.width), height: Math.max(height, LEAST.height), colour: COLOURS.includes(colour) ? colour : COLOURS[0],
  };
}

/** Place and size of a frame around these shapes: {position, frame}. */
export function frameAround(shapes, colour = COLOURS[0]) {
  const { x, y, width, height } = boundsOf(shapes);
  return {
    position: { x: x - PAD, y: y - PAD - HEAD },
    frame: { width: width + 2 * PAD, height: height + 2 * PAD + HEAD, colour },
  };
}

/** The frame after its corner was pulled that far. */
export function resized(frame, dx, dy) {
  return { ...frame, width: Math.max(LEAST.width, frame.width + dx), height: Math.max(LEAST.height, frame.height + dy) };
}

/** These ids, and those of everything that lies inside of frames among them. */
export function withContents(drawing, ids, shapes) {
  const all = new Set(ids);
  for (const id of ids) {
    const node = drawing.nodes.get(id);
    if (!node || !frameOf(node)) continue;
    const frame = shapes.get(id);
    for (const [other, shape] of shapes) if (other !== id && isInside(shape, frame)) all.add(other);
  }
  return all;
}

export function isInside(shape, frame) {
  return shape.x >= frame.x && shape.y >= frame.y
    && shape.x + shape.width <= frame.x + frame.width && shape.y + shape.height <= frame.y + frame.height;
}

/** The frames whose contents get new places, drawn around them anew: a Map from id to {position, frame}. */
export function refitted(drawing, shapes, places) {
  const fresh = new Map();
  for (const node of drawing.nodes.values()) {
    const frame = frameOf(node);
    const inside = frame && [...withContents(drawing, [node.id], shapes)].filter((id) => places.has(id));
    if (inside?.length) fresh.set(node.id, frameAround(inside.map((id) => ({ ...shapes.get(id), ...places.get(id) })), frame.colour));
  }
  return fresh;
}
