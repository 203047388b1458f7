// What a node is called and named when it is added.
import { freeId, titleOf } from "./document.js";

/** A node for a block, with a title and, where one is needed, a name that no other has. */
export function newNode(store, blockId, at) {
  const { drawing, catalogue } = store;
  const block = catalogue.find(blockId);
  const nodes = [...drawing.nodes.values()];
  const title = free(block.name, new Set(nodes.map(titleOf)), " ");
  return { id: freeId(drawing.nodes, block.id), block_id: block.id, input_default: named(store, block, nodes), metadata: { title, position: at } };
}

function named(store, block, nodes) {
  const pin = ["input", "output"].includes(block.kind) && block.inputs.find((each) => each.name === "name");
  if (!pin) return {};
  const same = nodes.filter((node) => store.block(node)?.kind === block.kind);
  const base = pin.default ?? block.id.replace(/(_input)?_block$/, "");
  return { name: free(base, new Set(same.map((node) => node.input_default.name ?? nameOf(store.block(node)))), "_") };
}

function nameOf(block) {
  return block.inputs.find((pin) => pin.name === "name")?.default;
}

/** A text that is not taken: the base, or the base with a number. */
export function free(base, taken, joint) {
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base}${joint}${n}`;
  return name;
}
