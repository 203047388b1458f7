import assert from "node:assert/strict";
import { test } from "node:test";
import { freeId, fromJson, isSame, toJson } from "../../graphs/static/graphs/builder/document.js";
import * as edits from "../../graphs/static/graphs/builder/edits.js";
import { History } from "../../graphs/static/graphs/builder/history.js";
import { drawing, ends, node } from "./builder_parts.js";

test("a document comes back as it went in", () => {
  const given = toJson(drawing());
  assert.deepEqual(toJson(fromJson(given)), given);
});

test("the order of keys makes no difference", () => {
  const given = toJson(drawing());
  const shuffled = { ...given, nodes: given.nodes.map(({ id, ...rest }) => ({ ...rest, id })) };
  assert.equal(isSame(fromJson(given), fromJson(shuffled)), true);
  assert.equal(isSame(drawing(), edits.setInput(drawing(), "ask", "prompt", "x")), false);
});

test("an edit leaves the drawing before it as it was", () => {
  const before = drawing();
  const copy = toJson(before);
  edits.remove(before, { nodes: ["text"] });
  edits.setInput(before, "ask", "prompt", "x");
  edits.move(before, ["ask"], 5, 5);
  assert.deepEqual(toJson(before), copy);
});

test("a node goes with its links", () => {
  const after = edits.remove(drawing(), { nodes: ["text"] });
  assert.deepEqual([after.nodes.has("text"), after.links.size], [false, 0]);
});

test("the same link is not made twice", () => {
  const before = drawing();
  assert.equal(edits.addLink(before, ends("text", "text", "ask", "words")), before);
});

test("a node put into a link takes over both ends", () => {
  const after = edits.insertOnLink(drawing(), "l1", node("mid", "ask_block"), { input: "prompt", output: "response" });
  assert.deepEqual([...after.links.values()].map(({ id: _id, ...rest }) => rest), [
    ends("text", "text", "mid", "prompt"), ends("mid", "response", "ask", "words"),
  ]);
});

test("a pin of one's own takes its links and its value along when it is renamed", () => {
  const renamed = edits.renamePin(edits.setInput(drawing(), "ask", "words", "?"), "ask", "inputs", "words", "text");
  assert.equal(renamed.links.get("l1").sink_name, "text");
  assert.deepEqual(renamed.nodes.get("ask").input_default, { prompt: "Sum up {words}", text: "?" });
});

test("a pin of one's own goes with its links", () => {
  assert.equal(edits.removePin(drawing(), "ask", "inputs", "words").links.size, 0);
});

test("ids are made from blocks and are free", () => {
  assert.equal(freeId(new Set(), "text_input_block"), "text_input");
  assert.equal(freeId(new Set(["text_input", "text_input_2"]), "text_input_block"), "text_input_3");
});

test("letters typed into one field are one step, after a pause another one", () => {
  const history = new History("");
  for (const text of ["a", "ab", "abc"]) history.push(text, "field");
  history.seal();
  history.push("abcd", "field");
  history.undo();
  assert.equal(history.present, "abc");
  history.undo();
  assert.deepEqual([history.present, history.canUndo], ["", false]);
});

test("a new change takes away what could be redone", () => {
  const history = new History(1);
  history.push(2);
  history.undo();
  history.push(3);
  assert.deepEqual([history.canRedo, history.present], [false, 3]);
});

/** Numbers that are the same in every run of the tests. */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * sides);
  };
}

function randomEdit(roll, state, step) {
  const ids = [...state.nodes.keys()];
  const any = () => ids[roll(ids.length)] ?? "none";
  const links = [...state.links.keys()];
  const choices = [
    () => edits.addNode(state, node(`n${step}`, "ask_block", {}, { x: roll(900), y: roll(900) })),
    () => edits.remove(state, { nodes: [any()] }),
    () => edits.remove(state, { links: links.slice(0, 1) }),
    () => edits.setInput(state, any(), "prompt", roll(3) ? `text ${step}` : undefined),
    () => edits.setMetadata(state, any(), "title", `Title ${step}`),
    () => edits.setGraph(state, { name: `Name ${step}` }),
    () => edits.move(state, [any(), any()], roll(50), roll(50)),
    () => edits.addLink(state, ends(any(), "response", any(), `in${roll(4)}`)),
    () => (links.length ? edits.relink(state, links[roll(links.length)], { sink_id: any() }) : state),
    () => edits.addPin(state, any(), "inputs", `own${roll(5)}`),
    () => edits.renamePin(state, any(), "inputs", `own${roll(5)}`, `own${roll(5)}`),
    () => edits.removePin(state, any(), "inputs", `own${roll(5)}`),
  ];
  return choices[roll(choices.length)]();
}

for (const seed of [1, 7, 2026]) {
  test(`a thousand random edits are undone and redone to the letter (${seed})`, () => {
    const roll = dice(seed);
    const history = new History(drawing());
    const start = toJson(history.present);
    for (let step = 0; step < 1000; step += 1) {
      history.push(randomEdit(roll, history.present, step));
      if (!roll(9)) history.undo();
      if (!roll(9)) history.redo();
    }
    const end = toJson(history.present);
    while (history.canUndo) history.undo();
    assert.deepEqual(toJson(history.present), start);
    while (history.canRedo) history.redo();
    assert.deepEqual(toJson(history.present), end);
  });
}
