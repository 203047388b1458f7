// Turns nodes into a graph of their own and one node that runs it. Links that are cut become its inputs and outputs.
import { addLink, addNode, remove } from "./edits.js";
import { freeId, linksByNode, positionOf, titleOf } from "./document.js";
import { labelOf } from "./pins.js";

export const RUNNER = "agent_executor_block";
const INPUT = "input_block";
const OUTPUT = "output_block";
const TOOL = /^tools(_\^_|$)/;
const GAP = 380;
const LINE = 160;

/** The nodes that go into it: inputs and outputs of the whole graph stay where they are. */
export function movable(drawing, catalogue, ids) {
  const stays = new Set(["input", "output"]);
  return new Set([...ids].filter((id) => !stays.has(catalogue.find(drawing.nodes.get(id)?.block_id)?.kind)));
}

/** The links that lead into the nodes from outside, and out of them. */
export function cutLinks(drawing, inside) {
  const links = [...drawing.links.values()];
  return {
    into: links.filter((link) => inside.has(link.sink_id) && !inside.has(link.source_id)),
    outOf: links.filter((link) => inside.has(link.source_id) && !inside.has(link.sink_id)),
  };
}

/** Whether a model would lose its tools, or a tool the model that calls it. */
export function cutsTools(drawing, inside) {
  const { into, outOf } = cutLinks(drawing, inside);
  return [...into, ...outOf].some((link) => TOOL.test(link.source_name));
}

/** The new graph {name, nodes, links}, and what its inputs and outputs are called: Maps from an end to a name. */
export function extracted(drawing, catalogue, inside, name) {
  const { into, outOf } = cutLinks(drawing, inside);
  const taken = new Set(catalogue.find(RUNNER).inputs.map((pin) => pin.name));
  const inputs = named(into, "sink_name", taken);
  const outputs = named(outOf, "source_name", new Set(["error"]));
  const nodes = [...inside].map((id) => drawing.nodes.get(id));
  const made = new Map(nodes.map((node) => [node.id, node]));
  const links = [...drawing.links.values()].filter((link) => inside.has(link.source_id) && inside.has(link.sink_id));
  const box = edgesOf(nodes);
  links.push(...ports(inputs, INPUT, { x: box.left - GAP, y: box.top }, made).flatMap(({ id, end }) =>
    into.filter((link) => endOf(link) === end).map((link) => joint(link, { source_id: id, source_name: "result" }))));
  links.push(...ports(outputs, OUTPUT, { x: box.right + GAP, y: box.top }, made).flatMap(({ id, end }) =>
    outOf.filter((link) => endOf(link) === end).slice(0, 1).map((link) => joint(link, { sink_id: id, sink_name: "value" }))));
  return { document: { name, description: "", nodes: [...made.values()], links }, inputs, outputs };
}

/** The drawing with one node in the place of the others; `graph` is the new one as the API tells it. */
export function replaced(drawing, inside, { inputs, outputs }, graph) {
  const { into, outOf } = cutLinks(drawing, inside);
  const box = edgesOf([...inside].map((id) => drawing.nodes.get(id)));
  const runner = {
    id: freeId(drawing.nodes, RUNNER),
    block_id: RUNNER,
    input_default: {
      graph_id: graph.id, agent_name: graph.name, input_schema: graph.input_schema, output_schema: graph.output_schema,
    },
    metadata: { title: graph.name, position: { x: box.left, y: box.top } },
  };
  const before = into.map(({ source_id, source_name, ...link }) =>
    ({ source_id, source_name, sink_id: runner.id, sink_name: inputs.get(endOf({ source_id, source_name, ...link })) }));
  const after = outOf.map((link) =>
    ({ source_id: runner.id, source_name: outputs.get(endOf(link)), sink_id: link.sink_id, sink_name: link.sink_name }));
  const without = addNode(remove(drawing, { nodes: [...inside] }), runner);
  return { drawing: [...before, ...after].reduce(addLink, without), id: runner.id };
}

function endOf({ source_id, source_name }) {
  return JSON.stringify([source_id, source_name]);
}

/** A name for what each output pin sends, after the pin inside: one value, one name, however many links carry it. */
function named(links, side, taken) {
  const names = new Map();
  for (const link of links) {
    const base = labelOf(link[side]).replace(/[^\p{L}\p{N}_]+/gu, "_");
    if (!names.has(endOf(link))) names.set(endOf(link), freeName(base, taken));
  }
  return names;
}

function freeName(base, taken) {
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

/** Adds an input or output node for each name to `made`, one below the other. */
function ports(names, block_id, { x, y }, made) {
  return [...names].map(([end, name], index) => {
    const id = freeId(made, block_id);
    made.set(id, { id, block_id, input_default: { name }, metadata: { title: name, position: { x, y: y + index * LINE } } });
    return { id, end };
  });
}

function joint({ source_id, source_name, sink_id, sink_name }, other) {
  return { source_id, source_name, sink_id, sink_name, ...other };
}

function edgesOf(nodes) {
  const places = nodes.map((node) => positionOf(node) ?? { x: 0, y: 0 });
  const xs = places.map(({ x }) => x);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...places.map(({ y }) => y)) };
}

/** What a new graph of these nodes could be called. */
export function nameFor(drawing, inside) {
  const [first] = [...inside].filter((id) => !linksByNode(drawing).into.get(id)?.some((link) => inside.has(link.source_id)));
  return first ? titleOf(drawing.nodes.get(first)) : "";
}
