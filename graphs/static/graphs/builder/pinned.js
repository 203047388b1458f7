// The pinned outputs of a node: what parts of the graph get from it without running it.
import { setMetadata } from "./edits.js";
import { copyOf, find } from "./elements.js";
import { brief } from "./values.js";

/** {pin: value}; empty where nothing is pinned, or nonsense stands in the metadata. */
export function pinnedOf(node) {
  const { pinned } = node.metadata;
  return pinned && typeof pinned === "object" && !Array.isArray(pinned) ? pinned : {};
}

export class Pinned {
  constructor(root, form) {
    Object.assign(this, { root, form, part: find(root, "pinned-part"), list: find(root, "pinned-list") });
    root.addEventListener("click", ({ target }) => this.click(target));
  }

  fill() {
    const entries = Object.entries(pinnedOf(this.form.node));
    this.part.hidden = !entries.length;
    this.list.replaceChildren(...entries.map(([pin, value]) => this.entry(pin, value)));
  }

  entry(pin, value) {
    const entry = copyOf("pinned");
    entry.dataset.pinned = pin;
    find(entry, "pinned-pin").textContent = pin;
    find(entry, "pinned-value").textContent = brief(value);
    return entry;
  }

  click(target) {
    const outputs = target.closest("[data-pin-outputs]")?.dataset.pinOutputs;
    if (outputs) this.put(JSON.parse(outputs));
    if (!target.closest("[data-unpin]")) return;
    const { [target.closest("[data-pinned]").dataset.pinned]: _gone, ...rest } = pinnedOf(this.form.node);
    this.put(rest);
  }

  put(pinned) {
    const value = Object.keys(pinned).length ? pinned : undefined;
    this.form.edit("pinned", (drawing) => setMetadata(drawing, this.form.id, "pinned", value));
    this.form.store.history.seal();
  }
}
