// The cards of the nodes: makes them, keeps them up to date, and touches only those that have changed.
import { fieldOf, valueOf } from "./card-field.js";
import { titleOf } from "./document.js";
import { setInput } from "./edits.js";
import { copyOf, find } from "./elements.js";
import { frameOf } from "./frames.js";
import { pinnedOf } from "./pinned.js";
import { isDynamic, labelOf } from "./pins.js";
import { HEAD } from "./shapes.js";
import { say } from "./texts.js";
import { write } from "./values.js";

export class Cards {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.elements = new Map();
    this.drawn = new Map(); // id -> the shape that the card has
    this.selected = new Set(); // the ids of the cards that are marked so
    this.wrong = new Map(); // id -> the problem that the card shows
    root.addEventListener("input", (event) => this.typed(event.target));
    root.addEventListener("focusout", () => store.history.seal());
    root.addEventListener("click", (event) => this.clicked(event.target));
    store.listen((what) => this.changed(what));
  }

  element(id) {
    return this.elements.get(id);
  }

  changed(what) {
    if (what === "drawing" || what === "places") this.render();
    if (what === "drawing" || what === "selection") this.showSelection();
    if (what === "drawing" || what === "problems") this.showProblems();
  }

  render() {
    const { nodes } = this.store.drawing;
    for (const [id, element] of this.elements) if (!nodes.has(id)) this.drop(id, element);
    for (const node of nodes.values()) this.update(node, this.elements.get(node.id) ?? this.add(node));
  }

  drop(id, element) {
    element.remove();
    for (const known of [this.elements, this.drawn, this.selected, this.wrong]) known.delete(id);
  }

  showSelection() {
    const { selected } = this.store;
    for (const id of this.selected) if (!selected.has(id)) this.element(id).classList.remove("is-selected");
    for (const id of selected) if (!this.selected.has(id)) this.element(id).classList.add("is-selected");
    this.selected = new Set(selected);
  }

  showProblems() {
    const wrong = new Map(this.store.problems.filter((each) => this.elements.has(each.node_id)).map((each) => [each.node_id, each.message]));
    for (const id of this.wrong.keys()) if (!wrong.has(id)) this.showProblem(this.element(id), "");
    for (const [id, message] of wrong) if (this.wrong.get(id) !== message) this.showProblem(this.element(id), message);
    this.wrong = wrong;
  }

  add(node) {
    const block = this.store.block(node);
    const element = copyOf(block?.kind === "note" ? noteName(node) : "card");
    element.dataset.node = node.id;
    element.dataset.category = block?.category ?? "";
    const icon = element.querySelector("use"); // its address is that of all icons
    icon?.setAttribute("href", `${icon.getAttribute("href")}#block-${block?.icon ?? "basic"}`);
    const cost = find(element, "cost");
    if (cost && block?.cost) {
      cost.hidden = false;
      cost.textContent = block.cost;
      cost.title = say("cost", { n: block.cost });
    }
    this.elements.set(node.id, element);
    this.root.append(element);
    return element;
  }

  update(node, element) {
    const shape = this.store.shape(node.id);
    const last = this.drawn.get(node.id);
    if (last === shape) return;
    if (last?.x !== shape.x || last.y !== shape.y) element.style.inset = `${shape.y}px auto auto ${shape.x}px`;
    if (last?.inputs !== shape.inputs) this.fill(node, element, shape); // they stay the same while a node only moves
    this.drawn.set(node.id, shape);
  }

  fill(node, element, shape) {
    const block = this.store.block(node);
    const title = titleOf(node);
    element.setAttribute("aria-label", title);
    element.style.height = `${shape.height}px`;
    find(element, "title").textContent = title;
    if (block?.kind === "note") return this.fillNote(node, element);
    find(element, "block-name").textContent = block?.name ?? say("no_block", { id: node.block_id });
    find(element, "pinned-mark").hidden = !Object.keys(pinnedOf(node)).length;
    const isSecret = (pin) => pin.name === "value" && Boolean(node.input_default.secret);
    find(element, "rows").style.height = `${shape.height - HEAD - 2}px`;
    this.rows(find(element, "inputs"), shape.inputs, (row, pin) => this.fillInput(row, pin, isSecret(pin)), "input");
    this.rows(find(element, "outputs"), shape.outputs, (row, pin) => fillPin(row, pin, "output"), "output");
    const fold = find(element, "fold");
    fold.hidden = !shape.fold;
    fold.textContent = shape.hidden ? say("more_pins", { n: shape.hidden }) : say("fewer_pins");
    return undefined;
  }

  fillNote(node, element) {
    const frame = frameOf(node);
    if (frame) {
      element.dataset.colour = frame.colour;
      element.style.width = `${frame.width}px`;
      return;
    }
    const field = find(element, "note");
    if (field.value !== (node.input_default.text ?? "")) field.value = node.input_default.text ?? "";
  }

  /** Rows stay where they are as long as their pins do, so that nobody loses the field under the cursor. */
  rows(holder, pins, fill, template) {
    const old = new Map([...holder.children].map((row) => [row.dataset.pin, row]));
    pins.forEach((pin, index) => {
      const row = old.get(pin.name) ?? copyOf(template);
      old.delete(pin.name);
      row.dataset.pin = pin.name;
      if (holder.children[index] !== row) holder.insertBefore(row, holder.children[index] ?? null);
      fill(row, pin);
    });
    for (const row of old.values()) row.remove();
  }

  fillInput(row, pin, isSecret) {
    fillPin(row, pin, "input");
    const holder = find(row, "field");
    const typing = holder.firstElementChild;
    if (typing && typing === document.activeElement && !pin.linked) {
      if (valueOf(typing, pin) !== pin.value && typing.type === "text") typing.value = write(pin.kind, pin.value);
      return;
    }
    const field = fieldOf(pin, { isSecret });
    holder.replaceChildren(...(field ? [field] : []));
  }

  showProblem(element, message) {
    const mark = find(element, "problem");
    if (!mark) return;
    element.classList.toggle("has-problem", Boolean(message));
    mark.hidden = !message;
    mark.title = message;
    find(mark, "problem-text").textContent = message;
  }

  typed(target) {
    const id = target.closest("[data-node]")?.dataset.node;
    const node = this.store.drawing.nodes.get(id);
    if (!node) return;
    if ("note" in target.dataset) this.set(id, "text", target.value);
    if (!("inline" in target.dataset)) return;
    const pin = this.store.shape(id).inputs.find((each) => each.name === target.dataset.inline);
    this.set(id, pin.name, valueOf(target, pin));
  }

  set(id, pin, value) {
    this.store.edit((drawing) => setInput(drawing, id, pin, value), `input ${id} ${pin}`);
  }

  clicked(target) {
    const id = target.closest("[data-node]")?.dataset.node;
    if (target.closest("[data-fold]")) this.store.unfold(id);
  }
}

function noteName(node) {
  return frameOf(node) ? "frame" : "note";
}

function fillPin(row, pin, side) {
  row.dataset.kind = pin.kind;
  row.classList.toggle("is-linked", pin.linked);
  row.classList.toggle("is-dynamic", isDynamic(pin.name));
  row.classList.toggle("is-static", Boolean(pin.isStatic));
  row.classList.toggle("is-required", Boolean(pin.required && !pin.linked && pin.value === undefined));
  const button = row.querySelector(".pin");
  button.setAttribute("aria-label", `${side} ${pin.name}`);
  button.title = [`${pin.name} · ${say(`kind_${pin.kind}`)}`, pin.isStatic && say("static_pin"), pin.description].filter(Boolean).join("\n");
  find(row, "pin-name").textContent = labelOf(pin.name);
}
