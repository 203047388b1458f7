// What stands beside the canvas: the form of the selected node, of several, or of the graph.
import { titleOf } from "./document.js";
import { find } from "./elements.js";
import { GraphForm } from "./graph-form.js";
import { NodeForm } from "./node-form.js";
import { say } from "./texts.js";

export class Panel {
  constructor(root, { store, actions, start }) {
    Object.assign(this, { root, store, actions, address: start.addresses.form });
    this.forms = new Map(); // block id -> its form as the server has made it
    this.title = find(root, "panel-title");
    this.parts = Object.fromEntries(["run", "node", "many", "graph"].map((name) => [name, find(root, `panel-${name}`)]));
    this.graphForm = new GraphForm(this.parts.graph, { store, actions });
    this.parts.many.addEventListener("click", (event) => {
      const edge = event.target.closest("[data-align]")?.dataset.align;
      if (edge) actions.align(edge);
    });
    find(root, "panel-close").addEventListener("click", () => this.leave());
    window.addEventListener("focus", () => this.comeBack());
    store.listen((what) => !["live", "places"].includes(what) && this.changed(what));
    this.show();
  }

  changed(what) {
    if (what === "selection") this.isRunning = false;
    this.show();
    if (what === "selection") this.root.classList.toggle("is-open", this.store.selected.size === 1 && this.isWide);
  }

  /** On small screens the panel covers the canvas, so it comes only when it is asked for. */
  get isWide() {
    return window.matchMedia("(min-width: 992px)").matches;
  }

  show() {
    const { single, selected } = this.store;
    const name = this.isRunning ? "run" : single ? "node" : selected.size ? "many" : "graph";
    for (const [each, part] of Object.entries(this.parts)) part.hidden = each !== name;
    find(this.root, "panel-try").hidden = name !== "node" || this.store.block(single)?.kind === "note";
    if (name === "node") this.showNode(single);
    else this.form = null;
    const titles = { run: say("run"), many: say("nodes_selected", { n: selected.size }), graph: say("graph") };
    this.title.textContent = single && !this.isRunning ? titleOf(single) : titles[name];
    if (name === "graph") this.graphForm.fill();
  }

  showNode(node) {
    if (this.form?.id === node.id) {
      this.form.fill();
      return;
    }
    const block = this.store.block(node);
    this.form = new NodeForm(this.parts.node, { id: node.id, store: this.store, actions: this.actions });
    if (!block) this.parts.node.textContent = say("no_block", { id: node.block_id });
    else if (this.forms.has(block.id)) this.form.open(this.forms.get(block.id));
    else this.load(block.id, this.form);
  }

  /** Somebody who comes back may have added a credential in another window. */
  comeBack() {
    const picker = this.form?.element?.querySelector("[data-credential]");
    if (!picker) return;
    const block = this.store.block(this.form.node);
    this.forms.delete(block.id);
    this.load(block.id, this.form);
  }

  async load(blockId, form) {
    if (!form.isOpen) this.parts.node.textContent = say("loading");
    const answer = await fetch(this.address.replace("BLOCK", encodeURIComponent(blockId)));
    if (!answer.ok) {
      this.parts.node.textContent = say("no_server");
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.forms.set(blockId, page.body.firstElementChild);
    if (this.form === form) form.open(this.forms.get(blockId));
    if (this.wanted && this.form === form) this.focus(this.wanted);
  }

  /** Opens the form of a node at a field. */
  focus(field = "title") {
    this.root.classList.add("is-open");
    this.wanted = this.form?.isOpen === false ? field : null;
    if (this.form) this.form.focus(field);
    else find(this.root, "panel-close").focus();
  }

  /** Shows the form of a run; it goes when something is selected. */
  showRun() {
    this.isRunning = true;
    this.root.classList.add("is-open");
    this.show();
    return this.parts.run;
  }

  leave() {
    this.root.classList.remove("is-open");
    this.isRunning = false;
    this.show();
    const { single } = this.store;
    const card = single && document.querySelector(`.flow-card[data-node="${CSS.escape(single.id)}"]`);
    (card ?? document.querySelector("[data-flow]")).focus({ preventScroll: true });
  }
}
