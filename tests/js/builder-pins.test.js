import assert from "node:assert/strict";
import { test } from "node:test";
import { addLink, addPin, setInput } from "../../graphs/static/graphs/builder/edits.js";
import { inputsOf, labelOf, outputsOf, promptVariables, shownInputs, variablesIn } from "../../graphs/static/graphs/builder/pins.js";
import { bestPin, fits, planLink } from "../../graphs/static/graphs/builder/types.js";
import { catalogue, drawing, ends } from "./builder_parts.js";

const names = (pins) => pins.map((pin) => pin.name);
const inputs = (state, id) => inputsOf(state, state.nodes.get(id), catalogue.find(state.nodes.get(id).block_id));

test("the variables of a prompt are pins", () => {
  assert.deepEqual(variablesIn("{a} {{ b }} {{ c | upper }} {a} {not this}"), ["a", "b", "c"]);
  const state = setInput(drawing(), "ask", "prompt", "{words} in {language}");
  assert.deepEqual(names(inputs(state, "ask")), ["prompt", "temperature", "words", "language"]);
});

test("a pin that reaches inside a value stands below the pin that it reaches into", () => {
  const state = addPin(addLink(drawing(), ends("text", "text", "gather", "values_#_b")), "gather", "inputs", "items_$_0");
  assert.deepEqual(names(inputs(state, "gather")), ["values", "values_#_b", "items", "items_$_0", "limit"]);
  assert.equal(labelOf("values_#_b"), "b");
});

test("the error pin is the last one", () => {
  const state = addPin(drawing(), "ask", "outputs", "response_#_title");
  assert.deepEqual(names(outputsOf(state, state.nodes.get("ask"), catalogue.find("ask_block"))),
    ["response", "response_#_title", "error"]);
});

test("a card shows what is needed, and the rest when it is unfolded", () => {
  const pins = [..."abcdefgh"].map((name) => ({ name, required: name === "h", linked: name === "g" }));
  assert.deepEqual(names(shownInputs(pins, null, false)), ["a", "b", "c", "g", "h"]);
  assert.equal(shownInputs(pins, null, true).length, 8);
});

test("an old id of a block finds it", () => assert.equal(catalogue.find("old-id").id, "text_block"));

test("the search looks at names first, then at descriptions", () => {
  assert.deepEqual(catalogue.search("text_block").map((block) => block.id), ["text_block"]);
  assert.deepEqual(catalogue.search("t").map((block) => block.id)[0], "text_block");
  assert.deepEqual(catalogue.search("ask").map((block) => block.id), ["ask_block"]);
  assert.deepEqual(catalogue.search("model asks").map((block) => block.id), ["ask_block"]);
  assert.deepEqual(catalogue.search("文").map((block) => block.id), ["text_block"]);
  assert.deepEqual(catalogue.search("nothing like it"), []);
});

test("a list is no number, but a number may become text", () => {
  assert.deepEqual([fits("list", "number"), fits("dictionary", "boolean"), fits("number", "text")], [false, false, true]);
});

const plan = (state, source, sourcePin, sink, sinkPin) =>
  planLink(state, catalogue, { node: source, pin: sourcePin }, { node: sink, pin: sinkPin });

test("a link that cannot work is refused with the reason", () => {
  assert.deepEqual(plan(drawing(), "list", "list", "gather", "limit"),
    { refused: "kinds", words: { from: "list", to: "number" } });
  assert.equal(plan(drawing(), "text", "text", "ask", "words").refused, "linked");
  assert.equal(plan(drawing(), "text", "text", "ask", "smell").refused, "no_pin");
});

test("single values led to a list become its items, one after the other", () => {
  const first = plan(drawing(), "text", "text", "gather", "items").ends;
  assert.equal(first.sink_name, "items_$_0");
  assert.equal(plan(addLink(drawing(), first), "ask", "response", "gather", "items").ends.sink_name, "items_$_1");
  assert.equal(plan(drawing(), "list", "list", "gather", "items").ends.sink_name, "items");
});

test("a value led to a dictionary becomes an entry that is called like its pin", () => {
  const first = plan(drawing(), "text", "text", "gather", "values").ends;
  assert.equal(first.sink_name, "values_#_text");
  assert.equal(plan(addLink(drawing(), first), "text", "text", "gather", "values").ends.sink_name, "values_#_text_2");
});

test("the best pin of a block is the required one of the same kind", () => {
  assert.equal(bestPin(catalogue.find("ask_block"), "inputs", "text").name, "prompt");
  assert.equal(bestPin(catalogue.find("gather_block"), "inputs", "list").name, "items");
  assert.equal(bestPin(catalogue.find("list_block"), "outputs", "number"), null);
});

test("a variable is known when a link or a value may fill it", () => {
  const state = setInput(setInput(drawing(), "ask", "prompt", "{words} in {language} of {year}"), "ask", "year", 1999);
  const found = promptVariables(state, state.nodes.get("ask"), catalogue.find("ask_block"), "prompt");
  assert.deepEqual(found.map(({ name, isKnown }) => [name, isKnown]), [["words", true], ["language", false], ["year", true]]);
});
