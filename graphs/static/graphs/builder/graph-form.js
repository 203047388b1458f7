// The form of the graph, and the graph in words.
import { linksByNode, titleOf } from "./document.js";
import { setGraph } from "./edits.js";
import { copyOf, find } from "./elements.js";

const MOST = 300;

export class GraphForm {
  constructor(root, { store, actions }) {
    Object.assign(this, { root, store });
    this.outline = find(root, "outline");
    root.addEventListener("input", (event) => this.typed(event.target));
    root.addEventListener("focusout", () => store.history.seal());
    this.outline.addEventListener("click", (event) => {
      const id = event.target.closest("[data-jump]")?.dataset.jump;
      if (id) actions.goTo(id);
    });
  }

  fill() {
    const { drawing } = this.store;
    if (this.filled === drawing) return;
    this.filled = drawing;
    this.put("name", drawing.name);
    this.put("description", drawing.description);
    this.put("on_error", drawing.settings.on_error ?? "fail");
    this.outline.replaceChildren(...[...drawing.nodes.values()].slice(0, MOST).map((node) => this.entry(node)));
  }

  put(name, value) {
    const field = this.root.querySelector(`[data-graph="${name}"]`);
    if (field.value !== value) field.value = value;
  }

  entry(node) {
    const { drawing } = this.store;
    const entry = copyOf("outline");
    const button = find(entry, "jump");
    button.dataset.jump = node.id;
    button.textContent = titleOf(node);
    const links = linksByNode(drawing).outOf.get(node.id) ?? [];
    const told = links.map((link) => `${link.source_name} → ${titleOf(drawing.nodes.get(link.sink_id) ?? { id: link.sink_id, metadata: {} })}: ${link.sink_name}`);
    find(entry, "outline-links").textContent = told.join(" · ");
    return entry;
  }

  typed(field) {
    const name = field.dataset.graph;
    if (!name) return;
    const change = name === "on_error"
      ? (drawing) => setGraph(drawing, { settings: { ...drawing.settings, on_error: field.value } })
      : (drawing) => setGraph(drawing, { [name]: field.value });
    this.store.edit(change, `graph ${name}`);
  }
}
