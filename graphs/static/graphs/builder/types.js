// Which pins can be joined, and how; if not, why not.
import { hasLink } from "./edits.js";
import { baseOf, inputsOf, isDynamic, outputsOf } from "./pins.js";

const NEVER = { list: ["number", "boolean"], dictionary: ["number", "boolean"] };
const HOLDERS = new Set(["list", "dictionary"]);

/** Whether values of one kind can become values of another. */
export function fits(from, to) {
  return !(NEVER[from] ?? []).includes(to);
}

/**
 * How to link an output to an input: {ends} for `addLink`, or {refused, words} with the name of the reason.
 * A single value that is led to a list or a dictionary becomes an item or an entry of it.
 */
export function planLink(drawing, catalogue, output, input) {
  const [source, sink] = [drawing.nodes.get(output.node), drawing.nodes.get(input.node)];
  const from = outputsOf(drawing, source, catalogue.find(source.block_id)).find((pin) => pin.name === output.pin);
  const to = inputsOf(drawing, sink, catalogue.find(sink.block_id)).find((pin) => pin.name === input.pin);
  if (!from || !to) return { refused: "no_pin", words: {} };
  if (!fits(from.kind, to.kind)) return { refused: "kinds", words: { from: from.kind, to: to.kind } };
  const ends = {
    source_id: source.id, source_name: from.name, sink_id: sink.id, sink_name: sinkName(drawing, sink, from, to),
  };
  return hasLink(drawing, ends) ? { refused: "linked", words: {} } : { ends };
}

function sinkName(drawing, sink, from, to) {
  const isWhole = from.kind === to.kind || from.kind === "any" || isDynamic(to.name);
  if (!HOLDERS.has(to.kind) || isWhole) return to.name;
  return to.kind === "list" ? nextItem(drawing, sink, to.name) : freeEntry(drawing, sink, to.name, baseOf(from.name));
}

function taken(drawing, sink) {
  return new Set([...drawing.links.values()].filter((link) => link.sink_id === sink.id).map((link) => link.sink_name));
}

/** The name of the next item of a list pin: `values_$_0`, `values_$_1` … */
export function nextItem(drawing, sink, pin) {
  const names = taken(drawing, sink);
  let index = Array.isArray(sink.input_default[pin]) ? sink.input_default[pin].length : 0;
  while (names.has(`${pin}_$_${index}`)) index += 1;
  return `${pin}_$_${index}`;
}

function freeEntry(drawing, sink, pin, key) {
  const names = taken(drawing, sink);
  let name = `${pin}_#_${key}`;
  for (let n = 2; names.has(name); n += 1) name = `${pin}_#_${key}_${n}`;
  return name;
}

/** The pin of a block that a value of this kind would best lead to (or come from, for `side` "outputs"). */
export function bestPin(block, side, kind) {
  const pins = block[side].filter((pin) => !pin.unused && pin.kind !== "error");
  const fitting = pins.filter((pin) => (side === "inputs" ? fits(kind, pin.kind) : fits(pin.kind, kind)));
  const rank = (pin) => (pin.required ? 4 : 0) + (pin.kind === kind ? 2 : 0) + (pin.kind === "any" ? 1 : 0) - (pin.name === "name" ? 8 : 0);
  return fitting.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}
