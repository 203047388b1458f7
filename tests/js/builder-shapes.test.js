import assert from "node:assert/strict";
import { test } from "node:test";
import { copy, parse, renewed } from "../../graphs/static/graphs/builder/clipboard.js";
import { insert, setInput } from "../../graphs/static/graphs/builder/edits.js";
import { LEAST, resized } from "../../graphs/static/graphs/builder/frames.js";
import { aligned, curve, distance, freePlace, HEAD, nextTo, pinPoint, pointAt, shapeOf, WIDTH } from "../../graphs/static/graphs/builder/shapes.js";
import { Store } from "../../graphs/static/graphs/builder/store.js";
import { brief, isOneLine, read, write } from "../../graphs/static/graphs/builder/values.js";
import { catalogue, drawing } from "./builder_parts.js";

const shape = (state, id, isUnfolded = false) =>
  shapeOf(state, state.nodes.get(id), catalogue.find(state.nodes.get(id).block_id), isUnfolded);

test("a card has a row for each pin, and a pin is on its edge", () => {
  const card = shape(drawing(), "ask");
  assert.deepEqual([card.inputs.length, card.outputs.length, card.width], [3, 2, WIDTH]);
  assert.deepEqual(pinPoint(card, "outputs", "response"), { x: 400 + WIDTH, y: card.outputs[0].y });
  assert.ok(card.inputs[0].y > HEAD && card.outputs.at(-1).y < card.height);
});

test("a card that only moves keeps its pins, one that changes has new ones", () => {
  const store = new Store(drawing(), catalogue);
  const before = store.shape("ask");
  store.place(new Map([["ask", { x: 410, y: 20 }]]));
  const moved = store.shape("ask");
  assert.deepEqual([moved.x, moved.y, moved.inputs === before.inputs], [410, 20, true]);
  assert.equal(store.shape("text"), store.shape("text"));
  store.edit((state) => setInput(state, "ask", "prompt", "Hm"));
  assert.notEqual(store.shape("ask").inputs, before.inputs);
});

test("who draws is told of places, and a drag is one step to undo", () => {
  const [store, told] = [new Store(drawing(), catalogue), []];
  store.listen((what) => told.push(what));
  store.place(new Map([["ask", { x: 1, y: 1 }]]), "drag");
  store.place(new Map([["ask", { x: 2, y: 2 }]]), "drag");
  store.undo();
  assert.deepEqual([told, store.shape("ask").x], [["places", "places", "drawing"], 400]);
});

test("a frame is pulled by its corner, and never too small", () => {
  const frame = { width: 200, height: 200, colour: "blue" };
  assert.deepEqual(resized(frame, 50, -30), { width: 250, height: 170, colour: "blue" });
  assert.deepEqual(resized(frame, -500, -500), { ...LEAST, colour: "blue" });
});

test("a curve begins and ends at its pins, and the distance to it is measured", () => {
  const points = curve({ x: 0, y: 0 }, { x: 300, y: 0 });
  assert.deepEqual([pointAt(points, 0), pointAt(points, 1)], [{ x: 0, y: 0 }, { x: 300, y: 0 }]);
  assert.ok(Math.abs(distance(points, { x: 150, y: 40 }) - 40) < 1);
});

test("a new card covers no other one", () => {
  const others = [{ x: 0, y: 0, width: 272, height: 200 }];
  assert.deepEqual(freePlace(others, { x: 3, y: 4 }), { x: 0, y: 230 });
  assert.deepEqual(freePlace(others, { x: 600, y: 0 }), { x: 600, y: 0 });
});

test("cards are aligned at an edge of the box around them", () => {
  const shapes = new Map([["a", { x: 0, y: 5, width: 10, height: 10 }], ["b", { x: 50, y: 20, width: 20, height: 10 }]]);
  const box = { x: 0, y: 5, width: 70, height: 25 };
  assert.deepEqual([...aligned(shapes, "left", box).values()], [{ x: 0, y: 5 }, { x: 0, y: 20 }]);
  assert.deepEqual([...aligned(shapes, "bottom", box).values()], [{ x: 0, y: 20 }, { x: 50, y: 20 }]);
});

test("a copied piece comes with the links inside it and gets ids of its own", () => {
  const state = drawing();
  const piece = renewed(state, parse(copy(state, ["text", "ask"])), { x: 1000, y: 50 });
  assert.deepEqual(piece.nodes.map((node) => node.id), ["text_2", "ask_2"]);
  assert.deepEqual(piece.nodes.map((node) => node.metadata.position), [{ x: 1000, y: 50 }, { x: 1400, y: 50 }]);
  assert.deepEqual(piece.links.map((link) => [link.source_id, link.sink_id]), [["text_2", "ask_2"]]);
  assert.equal(insert(state, piece).nodes.size, 6);
});

test("text that is no piece of a graph is not pasted", () => {
  for (const text of ["hello", "[1]", '{"nodes": []}', '{"nodes": [{"id": 1}]}']) assert.equal(parse(text), null);
});

test("what is typed becomes a value of the pin's kind", () => {
  assert.deepEqual([read("number", "3.5"), read("number", " "), read("number", "x")], [3.5, undefined, "x"]);
  assert.deepEqual([read("any", "[1]"), read("any", "plain"), read("any", "")], [[1], "plain", undefined]);
  assert.deepEqual([read("text", "5"), read("list", "[]"), read("dictionary", "")], ["5", [], undefined]);
  assert.throws(() => read("list", "[1"), SyntaxError);
});

test("a value comes back from its field as it was", () => {
  for (const [kind, value] of [["any", "5"], ["any", 5], ["any", "x"], ["text", "[1]"], ["list", [1, { a: 2 }]], ["number", 0]]) {
    assert.deepEqual(read(kind, write(kind, value)), value);
  }
});

test("long values are shortened to one line", () => {
  assert.equal(brief("a\n  b"), "a b");
  assert.equal(brief("x".repeat(99), 10), "xxxxxxxxx…");
  assert.deepEqual([isOneLine("a\nb"), isOneLine([1]), isOneLine("a"), isOneLine(undefined)], [false, false, true, true]);
});

test("the next card in a direction is the nearest one that way", () => {
  const at = (x, y) => ({ x, y, width: 100, height: 50 });
  const shapes = new Map([["here", at(0, 0)], ["right", at(300, 0)], ["low", at(200, 400)], ["left", at(-150, 0)]]);
  const ways = [[1, 0], [0, 1], [-1, 0], [0, -1]];
  assert.deepEqual(ways.map((way) => nextTo(shapes, "here", way)), ["right", "low", "left", null]);
});
