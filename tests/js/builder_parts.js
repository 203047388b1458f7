// A small catalogue and drawings for the tests of the builder.
import { Catalogue } from "../../graphs/static/graphs/builder/catalogue.js";
import { fromJson } from "../../graphs/static/graphs/builder/document.js";

const pin = (name, kind, more = {}) => ({ name, kind, description: "", ...more });
const block = (id, inputs, outputs, more = {}) => ({
  id, aliases: [], name: id, names: [id], words: id, description: "", category: "text", kind: "standard", cost: 0, inputs,
  outputs: [...outputs, pin("error", "error")], ...more,
});

export const catalogue = new Catalogue({
  categories: { text: "Text", ai: "Language models" },
  blocks: [
    block("text_block", [pin("name", "text")], [pin("text", "text")], { is_static: true, aliases: ["old-id"], names: ["text_block", "文本"], words: "text_block 文本" }),
    block("list_block", [], [pin("list", "list")]),
    block("ask_block", [pin("prompt", "text", { required: true }), pin("temperature", "number")], [pin("response", "text")],
      { takes_any: true, category: "ai", words: "ask_block asks a model" }),
    block("gather_block", [pin("values", "dictionary"), pin("items", "list"), pin("limit", "number")], [pin("all", "any")]),
  ],
});

export const node = (id, block_id, input_default = {}, position = { x: 0, y: 0 }) =>
  ({ id, block_id, input_default, metadata: { position } });
export const ends = (source_id, source_name, sink_id, sink_name) => ({ source_id, source_name, sink_id, sink_name });
export const link = (id, ...names) => ({ id, ...ends(...names) });

export function drawing() {
  return fromJson({
    name: "A graph",
    nodes: [node("text", "text_block"), node("ask", "ask_block", { prompt: "Sum up {words}" }, { x: 400, y: 0 }),
      node("gather", "gather_block", {}, { x: 800, y: 0 }), node("list", "list_block", {}, { x: 0, y: 200 })],
    links: [link("l1", "text", "text", "ask", "words")],
  });
}
