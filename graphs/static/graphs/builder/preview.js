// What a node would say or send, with what came to it last: asked of the server while its form is edited.
import { linksByNode } from "./document.js";

const AFTER_MS = 400;

export class Preview {
  constructor(place, { store, id }) {
    Object.assign(this, { place, store, id });
    this.address = document.querySelector("builder-run").dataset.previewNode;
  }

  /** Asks when something has changed that the answer depends on. */
  ask() {
    const node = this.store.drawing.nodes.get(this.id);
    const linked = (linksByNode(this.store.drawing).into.get(this.id) ?? []).map((link) => link.sink_name);
    const question = JSON.stringify([node.input_default, linked]);
    if (question === this.asked) return;
    this.asked = question;
    clearTimeout(this.timer);
    const values = { node: JSON.stringify({ ...node, metadata: {} }), linked };
    this.timer = setTimeout(() => window.htmx.ajax("POST", this.address, { target: this.place, values }), AFTER_MS);
  }

  /** Other values may have come to the node since. */
  askAgain() {
    this.asked = null;
    this.ask();
  }
}
