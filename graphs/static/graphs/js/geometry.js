// Where things are. Plain numbers, no page.

export const MIN_SCALE = 0.05;
export const MAX_SCALE = 2;
const MIN_FIT = 0.35;
const MAX_FIT = 1;
const MARGIN = 32;
const BEND = 50;

/** The curve from an output pin to an input pin, as the `d` of an SVG path. */
export function wirePath(from, to) {
  const bend = Math.max(BEND, Math.abs(to.x - from.x) / 2);
  return `M ${from.x} ${from.y} C ${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}

/** The smallest box around all boxes {x, y, width, height}. */
export function boundsOf(boxes) {
  if (!boxes.length) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** The view {x, y, scale} that shows the bounds in a frame; what is too large for a readable scale begins at its left. */
export function fit(bounds, frame, least = MIN_FIT) {
  const room = { width: frame.width - 2 * MARGIN, height: frame.height - 2 * MARGIN };
  const wanted = Math.min(room.width / bounds.width, room.height / bounds.height, MAX_FIT);
  const scale = Math.max(wanted, least);
  return {
    scale,
    x: startOf(bounds.x, bounds.width, room.width, scale),
    y: startOf(bounds.y, bounds.height, room.height, scale),
  };
}

function startOf(start, size, room, scale) {
  return MARGIN + Math.max(0, (room - size * scale) / 2) - start * scale;
}

/** The view after zooming by a factor, with the point (x, y) of the frame staying where it is. */
export function zoomed(view, factor, point) {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * ratio, y: point.y - (point.y - view.y) * ratio };
}

/** The view, moved just so far that the box is inside the frame. */
export function revealed(view, box, frame, margin = 24) {
  const left = box.x * view.scale + view.x;
  const top = box.y * view.scale + view.y;
  return {
    scale: view.scale,
    x: view.x + shift(left, left + box.width * view.scale, frame.width, margin),
    y: view.y + shift(top, top + box.height * view.scale, frame.height, margin),
  };
}

function shift(start, end, size, margin) {
  if (start < margin) return margin - start;
  return end > size - margin ? Math.max(size - margin - end, margin - start) : 0;
}

/** What a frame shows, in the coordinates of the drawing, and a quarter as much again on every side. */
export function shownBox(view, frame) {
  const [width, height] = [frame.width / view.scale, frame.height / view.scale];
  return { x: -view.x / view.scale - width / 4, y: -view.y / view.scale - height / 4, width: 1.5 * width, height: 1.5 * height };
}

/** Whether two boxes have a point in common. */
export function overlap(a, b) {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

/** The smallest box that holds two points. */
export function boxOf(a, b) {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}
