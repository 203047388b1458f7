// The links and the further pins of one node, in words: everything that pulling can do, without pulling.
import { linksByNode, titleOf } from "./document.js";
import { addLink, addPin, removePin, remove, renamePin } from "./edits.js";
import { copyOf, find, make } from "./elements.js";
import { baseOf, inputsOf, isDynamic, labelOf, outputsOf } from "./pins.js";
import { announce, say } from "./texts.js";
import { nextItem, planLink } from "./types.js";

const SEPARATOR = { list: "_$_", dictionary: "_#_", any: "_#_" };

export class NodeLinks {
  constructor(root, form) {
    Object.assign(this, { root, form, store: form.store });
    this.ownEnd = find(root, "own-end");
    this.otherEnd = find(root, "other-end");
    this.kinds = find(root, "new-pin-of");
    this.ownEnd.addEventListener("change", () => this.otherEnd.replaceChildren());
    for (const name of ["focus", "pointerdown"]) this.otherEnd.addEventListener(name, () => this.offerEnds());
    root.addEventListener("click", (event) => this.click(event.target));
    root.addEventListener("change", (event) => this.change(event.target));
  }

  get node() {
    return this.form.node;
  }

  get block() {
    return this.store.block(this.node);
  }

  pins(side, node = this.node) {
    const of = side === "inputs" ? inputsOf : outputsOf;
    return of(this.store.drawing, node, this.store.block(node));
  }

  fill() {
    const { drawing } = this.store;
    if (this.filledLinks === drawing.links && this.filledNode === this.node) return;
    [this.filledLinks, this.filledNode] = [drawing.links, this.node];
    const { into, outOf } = linksByNode(drawing);
    const links = [...(into.get(this.node.id) ?? []), ...(outOf.get(this.node.id) ?? [])];
    find(this.root, "links").replaceChildren(...links.map((link) => this.entry(link)));
    this.fillOwnPins();
    this.fillEnds();
  }

  entry(link) {
    const { nodes } = this.store.drawing;
    const title = (id) => (nodes.has(id) ? titleOf(nodes.get(id)) : id);
    const text = `${title(link.source_id)}: ${link.source_name} → ${title(link.sink_id)}: ${link.sink_name}`;
    const entry = copyOf("link");
    find(entry, "link-text").textContent = text;
    const button = find(entry, "unlink");
    button.dataset.link = link.id;
    button.setAttribute("aria-label", say("remove_link", { link: text }));
    return entry;
  }

  /** The pins that may be renamed and removed: those that somebody has added, or a link reaches inside with. */
  fillOwnPins() {
    const own = ["inputs", "outputs"].flatMap((side) => this.pins(side).filter((pin) => pin.own && this.isOwn(side, pin))
      .map((pin) => ({ side, name: pin.name })));
    const list = find(this.root, "own-list");
    list.replaceChildren(...own.map(({ side, name }) => this.ownEntry(side, name)));
    const options = this.newPins();
    this.kinds.replaceChildren(...options.map(({ value, text }) => make("option", { value, text })));
    find(this.root, "own-pins").hidden = !options.length && !own.length;
  }

  isOwn(side, pin) {
    return pin.linked || (this.node.metadata.pins?.[side] ?? []).includes(pin.name);
  }

  ownEntry(side, name) {
    const entry = copyOf("own-pin");
    Object.assign(entry.dataset, { side, name });
    find(entry, "own-name").value = labelOf(name);
    return entry;
  }

  newPins() {
    const holders = (side) => this.pins(side).filter((pin) => !pin.own && SEPARATOR[pin.kind] && (side === "outputs" || pin.kind !== "any"));
    return [
      ...holders("inputs").map((pin) => ({ value: `inputs ${pin.name}`, text: say("part_in", { pin: pin.name }) })),
      ...(this.block.takes_any ? [{ value: "inputs ", text: say("pin_in") }] : []),
      ...holders("outputs").map((pin) => ({ value: `outputs ${pin.name}`, text: say("part_out", { pin: pin.name }) })),
      ...(this.block.sends_any ? [{ value: "outputs ", text: say("pin_out") }] : []),
    ];
  }

  addPin() {
    const field = find(this.root, "new-pin-name");
    const [side, holder] = this.kinds.value.split(" ");
    const kind = this.pins(side).find((pin) => pin.name === holder)?.kind;
    const isItem = kind === "list" && !/^\d+$/.test(field.value);
    const name = isItem ? nextItem(this.store.drawing, this.node, holder) : `${holder}${holder && SEPARATOR[kind]}${field.value.trim()}`;
    if (!isItem && !field.value.trim()) return field.focus();
    field.value = "";
    this.store.edit((drawing) => addPin(drawing, this.node.id, side, name));
    return announce(say("pin_added", { pin: name }));
  }

  fillEnds() {
    const chosen = this.ownEnd.value;
    const options = [
      ...this.pins("inputs").map((pin) => ({ value: JSON.stringify(["inputs", pin.name]), text: say("into_pin", { pin: pin.name }) })),
      ...this.pins("outputs").map((pin) => ({ value: JSON.stringify(["outputs", pin.name]), text: say("out_of_pin", { pin: pin.name }) })),
    ];
    this.ownEnd.replaceChildren(...options.map((each) => make("option", each)));
    if (options.some((each) => each.value === chosen)) this.ownEnd.value = chosen;
    this.otherEnd.replaceChildren();
  }

  /** The pins of other nodes that the chosen one can be linked with; looked up when somebody wants to see them. */
  offerEnds() {
    if (!this.ownEnd.value || this.otherEnd.options.length) return;
    const [side, pin] = JSON.parse(this.ownEnd.value);
    const others = [...this.store.drawing.nodes.values()].filter((node) => this.store.block(node)?.kind !== "note");
    const options = others.flatMap((node) => this.pins(side === "inputs" ? "outputs" : "inputs", node)
      .filter((each) => this.plan(side, pin, node.id, each.name).ends)
      .map((each) => ({ value: JSON.stringify([node.id, each.name]), text: `${titleOf(node)}: ${each.name}` })));
    this.otherEnd.replaceChildren(...options.map((each) => make("option", each)));
  }

  plan(side, pin, otherId, otherPin) {
    const [own, other] = [{ node: this.node.id, pin }, { node: otherId, pin: otherPin }];
    const [output, input] = side === "outputs" ? [own, other] : [other, own];
    return planLink(this.store.drawing, this.store.catalogue, output, input);
  }

  addLink() {
    if (!this.ownEnd.value || !this.otherEnd.value) return;
    const plan = this.plan(...JSON.parse(this.ownEnd.value), ...JSON.parse(this.otherEnd.value));
    if (!plan.ends) return;
    this.store.edit((drawing) => addLink(drawing, plan.ends));
    announce(say("linked", { source: plan.ends.source_name, sink: plan.ends.sink_name }));
  }

  click(target) {
    const link = target.closest("[data-unlink]")?.dataset.link;
    if (link) this.store.edit((drawing) => remove(drawing, { links: [link] }));
    const pin = target.closest("[data-remove-pin]")?.closest("li").dataset;
    if (pin) this.store.edit((drawing) => removePin(drawing, this.node.id, pin.side, pin.name));
    if (target.closest("[data-new-pin]")) this.addPin();
    if (target.closest("[data-new-link]")) this.addLink();
  }

  change(target) {
    if (!("ownName" in target.dataset)) return;
    const { side, name } = target.closest("li").dataset;
    const own = target.value.trim();
    const renamed = isDynamic(name) ? `${name.slice(0, name.length - labelOf(name).length)}${own}` : own;
    const isFree = !this.pins(side).some((pin) => pin.name === renamed);
    if (own && isFree && baseOf(renamed)) this.store.edit((drawing) => renamePin(drawing, this.node.id, side, name, renamed));
    else target.value = labelOf(name);
  }
}
