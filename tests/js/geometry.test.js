import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boundsOf, boxOf, fit, MAX_SCALE, MIN_SCALE, overlap, revealed, shownBox, wirePath, zoomed,
} from "../../graphs/static/graphs/js/geometry.js";

test("a wire leaves to the right and arrives from the left", () => {
  assert.equal(wirePath({ x: 0, y: 0 }, { x: 200, y: 50 }), "M 0 0 C 100 0 100 50 200 50");
});

test("a wire that leads back bends out on both sides", () => {
  assert.equal(wirePath({ x: 100, y: 0 }, { x: 90, y: 10 }), "M 100 0 C 150 0 40 10 90 10");
});

test("the bounds hold all boxes", () => {
  const boxes = [{ x: -10, y: 5, width: 20, height: 10 }, { x: 30, y: 0, width: 5, height: 5 }];
  assert.deepEqual(boundsOf(boxes), { x: -10, y: 0, width: 45, height: 15 });
  assert.deepEqual(boundsOf([]), { x: 0, y: 0, width: 0, height: 0 });
});

test("a small drawing is centred at its own size", () => {
  const view = fit({ x: 0, y: 0, width: 100, height: 100 }, { width: 564, height: 364 });
  assert.deepEqual(view, { scale: 1, x: 232, y: 132 });
});

test("a large drawing is shrunk until it fits", () => {
  const view = fit({ x: 0, y: 0, width: 1000, height: 100 }, { width: 564, height: 364 });
  assert.equal(view.scale, 0.5);
  assert.equal(view.x, 32);
});

test("a drawing that cannot be read when it fits begins at its left", () => {
  const view = fit({ x: 50, y: 0, width: 100_000, height: 10 }, { width: 564, height: 364 });
  assert.equal(view.x + 50 * view.scale, 32);
});

test("zooming keeps the point under the pointer in its place", () => {
  const view = zoomed({ x: 10, y: 20, scale: 1 }, 2, { x: 110, y: 120 });
  assert.deepEqual(view, { scale: 2, x: -90, y: -80 });
});

test("zooming stops at its limits", () => {
  assert.equal(zoomed({ x: 0, y: 0, scale: 1 }, 1000, { x: 0, y: 0 }).scale, MAX_SCALE);
  assert.equal(zoomed({ x: 0, y: 0, scale: 1 }, 0.001, { x: 0, y: 0 }).scale, MIN_SCALE);
});

test("what is in view is not moved, what is outside is moved just so far", () => {
  const frame = { width: 500, height: 300 };
  const view = { x: 0, y: 0, scale: 1 };
  const box = (x, y) => ({ x, y, width: 100, height: 50 });
  assert.deepEqual(revealed(view, box(100, 100), frame), view);
  assert.deepEqual(revealed(view, box(450, 100), frame), { x: -74, y: 0, scale: 1 });
  assert.deepEqual(revealed(view, box(100, -60), frame), { x: 0, y: 84, scale: 1 });
});

test("what a frame shows grows with the distance", () => {
  const frame = { width: 100, height: 50 };
  assert.deepEqual(shownBox({ x: 0, y: 0, scale: 1 }, frame), { x: -25, y: -12.5, width: 150, height: 75 });
  assert.deepEqual(shownBox({ x: 10, y: 0, scale: 0.5 }, frame), { x: -70, y: -25, width: 300, height: 150 });
});

test("boxes overlap when they have a point in common", () => {
  const box = (x, y) => ({ x, y, width: 10, height: 10 });
  assert.equal(overlap(box(0, 0), box(10, 10)), true);
  assert.equal(overlap(box(0, 0), box(11, 0)), false);
  assert.equal(overlap(box(0, 0), boxOf({ x: 50, y: -5 }, { x: -50, y: 5 })), true);
});

test("what is too large for a readable scale is shown whole where that is asked for", () => {
  const bounds = { x: 0, y: 0, width: 9360, height: 1000 };
  const frame = { width: 1000, height: 800 };
  assert.equal(fit(bounds, frame).scale, 0.35);
  assert.equal(fit(bounds, frame, MIN_SCALE).scale, 0.1);
});
