// Where cards and pins are: plain numbers, so that nothing has to be measured on the page. As in builder.css.
import { positionOf } from "./document.js";
import { frameOf } from "./frames.js";
import { inputsOf, outputsOf, shownInputs } from "./pins.js";

export const WIDTH = 272;
export const HEAD = 52;
export const ROW = 30;
export const PAD = 8;
export const GRID = 10;
const NOTE_LINE = 20;
const NOTE_LETTERS = 36;

/** A node with its place, its size and its pins, each with the middle of its row. */
export function shapeOf(drawing, node, block, isUnfolded) {
  const at = positionOf(node) ?? { x: 0, y: 0 };
  if (block?.kind === "note") return { ...at, ...noteSize(node), inputs: [], outputs: [], hidden: 0 };
  const all = inputsOf(drawing, node, block);
  const shown = shownInputs(all, block, isUnfolded);
  const hidden = shownInputs(all, block, true).length - shown.length;
  const inputs = shown.map((pin, index) => ({ ...pin, y: HEAD + PAD + ROW * (index + 0.5) }));
  const fold = hidden || (isUnfolded && shown.length > shownInputs(all, block, false).length) ? ROW : 0;
  const start = HEAD + PAD + ROW * inputs.length + fold;
  const outputs = outputsOf(drawing, node, block).map((pin, index) => ({ ...pin, y: start + ROW * (index + 0.5) }));
  const height = start + ROW * outputs.length + PAD;
  return { ...at, width: WIDTH, height, inputs, outputs, hidden, fold };
}

/** The shape of a node that was only put elsewhere. */
export function placed(shape, node) {
  const { x, y } = positionOf(node) ?? { x: 0, y: 0 };
  return x === shape.x && y === shape.y ? shape : { ...shape, x, y };
}

function noteSize(node) {
  const frame = frameOf(node);
  return frame ? { width: frame.width, height: frame.height, isFrame: true } : { width: WIDTH, height: noteHeight(node) };
}

function noteHeight(node) {
  const lines = String(node.input_default.text ?? "").split("\n").map((line) => Math.max(1, Math.ceil(line.length / NOTE_LETTERS)));
  return Math.max(96, 56 + NOTE_LINE * lines.reduce((sum, n) => sum + n, 0));
}

/** Where a link begins or ends on a card. */
export function pinPoint(shape, side, name) {
  const pin = shape[side].find((each) => each.name === name);
  return { x: shape.x + (side === "outputs" ? shape.width : 0), y: shape.y + (pin?.y ?? HEAD / 2) };
}

/** The curve of a link: to the right where it can; in a bow below the cards where it leads back. */
export function curve(from, to) {
  const back = from.x > to.x - 20;
  const bend = back ? Math.min(240, 80 + Math.abs(from.x - to.x) / 4) : Math.max(36, (to.x - from.x) / 2);
  return [from, { x: from.x + bend, y: from.y }, { x: to.x - bend, y: to.y }, to];
}

export function pathOf([a, b, c, d]) {
  return `M ${a.x} ${a.y} C ${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
}

/** The point of a curve at t between 0 and 1. */
export function pointAt([a, b, c, d], t) {
  const u = 1 - t;
  const mix = (axis) => u ** 3 * a[axis] + 3 * u * u * t * b[axis] + 3 * u * t * t * c[axis] + t ** 3 * d[axis];
  return { x: mix("x"), y: mix("y") };
}

/** How far a point is from a curve. */
export function distance(points, point) {
  let least = Infinity;
  for (let t = 0; t <= 1; t += 1 / 24) {
    const on = pointAt(points, t);
    least = Math.min(least, Math.hypot(on.x - point.x, on.y - point.y));
  }
  return least;
}

export function snap(value) {
  return Math.round(value / GRID) * GRID;
}

/** A place at or near the wanted one where a new card covers no other. */
export function freePlace(shapes, wanted, size = { width: WIDTH, height: 160 }) {
  const place = { x: snap(wanted.x), y: snap(wanted.y) };
  const covers = (shape) => place.x < shape.x + shape.width + 20 && shape.x < place.x + size.width + 20
    && place.y < shape.y + shape.height + 20 && shape.y < place.y + size.height + 20;
  for (let tries = 0; tries < 200; tries += 1) {
    const hit = shapes.find(covers);
    if (!hit) break;
    place.y = snap(hit.y + hit.height + 30);
  }
  return place;
}

/** The id of the nearest card in a direction [dx, dy]; what lies aside counts as twice as far. Null if there is none. */
export function nextTo(shapes, id, [dx, dy]) {
  const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
  const from = middle(shapes.get(id));
  let [best, least] = [null, Infinity];
  for (const [each, shape] of shapes) {
    const to = middle(shape);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const far = along + 2 * Math.abs((to.x - from.x) * dy + (to.y - from.y) * dx);
    if (along > 0 && far < least) [best, least] = [each, far];
  }
  return best;
}

const EDGES = {
  left: (shape, box) => ({ x: box.x, y: shape.y }),
  right: (shape, box) => ({ x: box.x + box.width - shape.width, y: shape.y }),
  center: (shape, box) => ({ x: box.x + (box.width - shape.width) / 2, y: shape.y }),
  top: (shape, box) => ({ x: shape.x, y: box.y }),
  bottom: (shape, box) => ({ x: shape.x, y: box.y + box.height - shape.height }),
  middle: (shape, box) => ({ x: shape.x, y: box.y + (box.height - shape.height) / 2 }),
};

/** The places of cards that are aligned at an edge of the box around them: a Map from id to {x, y}. */
export function aligned(shapes, edge, box) {
  return new Map([...shapes].map(([id, shape]) => [id, EDGES[edge](shape, box)]));
}

