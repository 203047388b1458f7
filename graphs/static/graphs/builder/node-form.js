// The form of one node: fills the fields that the server has made for its block, and reads them while somebody types.
import { codeFieldsIn } from "./code-field.js";
import { fillCredential, readCredential, suggest } from "./controls.js";
import { linksByNode, titleOf } from "./document.js";
import { setInput, setMetadata } from "./edits.js";
import { find, put } from "./elements.js";
import { FrameForm } from "./frame-form.js";
import { NodeLinks } from "./node-links.js";
import { Pinned } from "./pinned.js";
import { PolicyForm } from "./policy-form.js";
import { Preview } from "./preview.js";
import { showVariables } from "./prompt-variables.js";
import { say } from "./texts.js";
import { read, write } from "./values.js";

export class NodeForm {
  constructor(root, { id, store, actions }) {
    Object.assign(this, { root, id, store, actions, isOpen: false });
  }

  get node() {
    return this.store.drawing.nodes.get(this.id);
  }

  /** Puts a copy of the block's form on the page. */
  open(form) {
    this.element = form.cloneNode(true);
    this.root.replaceChildren(this.element);
    this.fields = new Map([...this.element.querySelectorAll("[data-pin]")].map((field) => [field.dataset.pin, field]));
    this.codes = codeFieldsIn(this.element);
    this.parts = [PolicyForm, FrameForm, NodeLinks, Pinned].map((Part) => new Part(this.element, this));
    const place = find(this.element, "preview");
    this.preview = place && new Preview(place, this);
    this.element.addEventListener("input", (event) => this.typed(event.target));
    this.element.addEventListener("focusout", () => this.store.history.seal());
    this.isOpen = true;
    this.fill();
    suggest(this.element);
    this.showLastValues();
  }

  fill() {
    if (!this.isOpen) return;
    const { node } = this;
    put(find(this.element, "node-title"), node.metadata.title ?? titleOf(node));
    for (const [pin, field] of this.fields) this.fillField(node, pin, field);
    for (const code of this.codes) code.paint();
    for (const part of this.parts) part.fill();
    this.preview?.ask();
  }

  fillField(node, name, field) {
    const pin = this.pin(name);
    const control = field.querySelector("input, select, textarea");
    const link = (linksByNode(this.store.drawing).into.get(node.id) ?? []).find((each) => each.sink_name === name);
    control.hidden = Boolean(link);
    const linked = find(field, "linked");
    linked.hidden = !link;
    if (link) linked.textContent = say("comes_from", { title: titleOf(this.store.drawing.nodes.get(link.source_id)), pin: link.source_name });
    this.fillControl(control, pin, node.input_default[name]);
    if (name === "value" && control.type !== "checkbox") control.classList.toggle("is-secret", Boolean(node.input_default.secret));
    this.showVariables(field, node, pin);
    this.showProblem(field, node, name);
  }

  showVariables(field, node, pin) {
    if (pin.kind === "text") showVariables(field, { drawing: this.store.drawing, node, block: this.store.block(node), name: pin.name });
  }

  fillControl(control, pin, value) {
    if ("credential" in control.dataset) fillCredential(control, value);
    else if (control.type === "checkbox") control.checked = Boolean(value ?? pin.default);
    else if (control.matches("select")) put(control, String(value ?? pin.default ?? ""));
    else if (!this.says(control, pin, value)) put(control, write(pin.kind, value));
  }

  /** Whether the field says this value already, perhaps in other words: those stay as they were typed. */
  says(control, pin, value) {
    if (document.activeElement !== control) return false;
    try {
      return JSON.stringify(this.read(control, pin)) === JSON.stringify(value);
    } catch {
      return true;
    }
  }

  showProblem(field, node, name) {
    const problem = this.store.problems.find((each) => each.node_id === node.id && each.field === name);
    const place = find(field, "field-problem");
    place.hidden = !problem;
    place.textContent = problem?.message ?? "";
  }

  pin(name) {
    return this.store.block(this.node).inputs.find((each) => each.name === name);
  }

  read(control, pin) {
    if ("credential" in control.dataset) return readCredential(control);
    if (control.type === "checkbox") return control.checked;
    if (control.matches("select")) return (pin.choices ?? []).find((each) => String(each) === control.value);
    const value = read(pin.kind, control.value);
    return value === "" && !pin.required && !pin.default ? undefined : value;
  }

  typed(control) {
    if ("nodeTitle" in control.dataset) this.edit("title", (drawing) => setMetadata(drawing, this.id, "title", control.value || undefined));
    const field = control.closest("[data-pin]");
    if (field) this.setField(field, control);
  }

  setField(field, control) {
    const name = field.dataset.pin;
    const problem = find(field, "field-problem");
    try {
      const value = this.read(control, this.pin(name));
      control.classList.remove("is-invalid");
      this.edit(name, (drawing) => setInput(drawing, this.id, name, value));
    } catch (error) {
      control.classList.add("is-invalid");
      problem.hidden = false;
      problem.textContent = say("not_json", { reason: error.message });
    }
  }

  edit(what, change) {
    this.store.edit(change, `panel ${this.id} ${what}`);
  }

  /** What went into the node and came out of it when it ran last. */
  showLastValues() {
    const place = find(this.element, "last-values");
    const address = document.querySelector("builder-run")?.dataset.lastValues;
    if (place && address) window.htmx.ajax("GET", `${address}?node=${encodeURIComponent(this.id)}`, { target: place });
    this.preview?.askAgain();
  }

  focus(name) {
    if (!this.isOpen) return;
    const field = this.fields.get(name)?.querySelector("input, select, textarea");
    const control = field && !field.hidden ? field : find(this.element, "node-title");
    control.focus();
    control.scrollIntoView({ block: "center" });
  }
}
