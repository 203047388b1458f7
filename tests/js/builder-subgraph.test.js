import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson } from "../../graphs/static/graphs/builder/document.js";
import { frameAround, refitted, withContents } from "../../graphs/static/graphs/builder/frames.js";
import { cutsTools, extracted, movable, replaced, RUNNER } from "../../graphs/static/graphs/builder/subgraph.js";
import { Catalogue } from "../../graphs/static/graphs/builder/catalogue.js";
import { catalogue as small, link, node } from "./builder_parts.js";

const pin = (name) => ({ name, kind: "any" });
const catalogue = new Catalogue({
  categories: {},
  blocks: [
    ...small.blocks,
    { id: RUNNER, aliases: [], kind: "standard", inputs: [pin("graph_id"), pin("inputs")], outputs: [] },
    { id: "any_input", aliases: [], kind: "input", inputs: [pin("name")], outputs: [pin("result")] },
  ],
});

function drawing() {
  return fromJson({
    nodes: [node("in", "any_input", { name: "topic" }), node("a", "ask_block", {}, { x: 400, y: 0 }),
      node("b", "ask_block", {}, { x: 800, y: 40 }), node("out", "gather_block", {}, { x: 1200, y: 0 })],
    links: [link("1", "in", "result", "a", "prompt"), link("2", "in", "result", "b", "words"), link("3", "a", "response", "b", "prompt"),
      link("4", "b", "response", "out", "values_#_x"), link("5", "b", "response", "out", "items")],
  });
}

const inside = new Set(["a", "b"]);
const graph = (part) => ({ id: "g", name: part.document.name, input_schema: { properties: {} }, output_schema: { properties: {} } });
const joints = (links) => links.map((each) => `${each.source_id}.${each.source_name} → ${each.sink_id}.${each.sink_name}`).sort();

test("what one pin sends becomes one input or output, however many links carry it", () => {
  const part = extracted(drawing(), catalogue, inside, "Part");
  assert.deepEqual([...part.inputs.values(), ...part.outputs.values()], ["prompt", "response"]);
  assert.deepEqual(joints(part.document.links), [
    "a.response → b.prompt", "b.response → output.value", "input.result → a.prompt", "input.result → b.words",
  ]);
});

test("the node that takes their place is linked by these names", () => {
  const part = extracted(drawing(), catalogue, inside, "Part");
  const { drawing: after, id } = replaced(drawing(), inside, part, graph(part));
  assert.deepEqual([...after.nodes.keys()], ["in", "out", id]);
  assert.deepEqual(joints([...after.links.values()]), [
    `${id}.response → out.items`, `${id}.response → out.values_#_x`, `in.result → ${id}.prompt`,
  ]);
});

test("an input is not called as a pin of the node that runs it", () => {
  const given = drawing();
  given.links.set("1", { ...given.links.get("1"), sink_name: "inputs" });
  assert.deepEqual([...extracted(given, catalogue, inside, "Part").inputs.values()], ["inputs_2"]);
});

test("inputs of the whole graph stay, and an agent keeps its tools", () => {
  assert.deepEqual([...movable(drawing(), catalogue, ["in", "a"])], ["a"]);
  const given = drawing();
  assert.equal(cutsTools(given, inside), false);
  given.links.set("6", link("6", "b", "tools_^_out_~_limit", "out", "limit"));
  assert.equal(cutsTools(given, inside), true);
});

test("a frame takes along what lies inside, and is drawn anew around it", () => {
  const shape = (x, y) => ({ x, y, width: 272, height: 100 });
  const { position, frame } = frameAround([shape(400, 0), shape(800, 40)], "blue");
  const note = { id: "f", block_id: "note_block", input_default: {}, metadata: { position, frame } };
  const given = { nodes: new Map([["f", note]]) };
  const shapes = new Map([["f", { ...position, ...frame }], ["a", shape(400, 0)], ["b", shape(800, 40)], ["out", shape(1200, 0)]]);
  assert.deepEqual([...withContents(given, ["f"], shapes)], ["f", "a", "b"]);
  const places = new Map([["a", { x: 0, y: 0 }], ["b", { x: 300, y: 0 }]]);
  assert.deepEqual(refitted(given, shapes, places).get("f"), frameAround([shape(0, 0), shape(300, 0)], "blue"));
});
