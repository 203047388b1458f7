// Making links: by pulling from pin to pin, or pin after pin with clicks or Enter. Says while it goes on what would fit.
import { addLink, relink, remove } from "./edits.js";
import { pinPoint } from "./shapes.js";
import { announce, say } from "./texts.js";
import { bestPin, fits, planLink } from "./types.js";

const KINDS = ["text", "number", "boolean", "list", "dictionary"];

export class Linking {
  constructor({ frame, store, wires, viewport, picker, actions, hint }) {
    Object.assign(this, { frame, store, wires, viewport, picker, actions, hint });
    this.from = null; // {node, pin, side} while a link is being made
    this.moved = null; // the id of the link whose end is being moved
  }

  get isOn() {
    return this.from !== null;
  }

  /** Which pin a button is. */
  endOf(button) {
    const row = button.closest(".card-row");
    const side = row.classList.contains("is-input") ? "inputs" : "outputs";
    return { node: button.closest("[data-node]").dataset.node, pin: row.dataset.pin, side };
  }

  begin(end, { moved = null } = {}) {
    this.from = end;
    this.moved = moved;
    const { kind } = this.pinOf(end);
    const isOutput = end.side === "outputs";
    this.frame.dataset.linking = isOutput ? "inputs" : "outputs";
    this.frame.dataset.refuses = KINDS.filter((each) => !(isOutput ? fits(kind, each) : fits(each, kind))).join(" ");
  }

  pinOf({ node, pin, side }) {
    return this.store.shape(node)[side].find((each) => each.name === pin) ?? { kind: "any" };
  }

  cancel() {
    if (!this.isOn) return;
    this.from = null;
    this.moved = null;
    delete this.frame.dataset.linking;
    delete this.frame.dataset.refuses;
    this.wires.pull();
    this.tell("");
    this.lit?.classList.remove("is-target", "is-refused");
  }

  /** The pointer is somewhere: draws the link to there, and says whether it would hold. */
  follow(event) {
    const target = this.target(event); // before anything moves: it asks the page
    const at = this.viewport.at(event);
    const pin = pinPoint(this.store.shape(this.from.node), this.from.side, this.from.pin);
    const { kind } = this.pinOf(this.from);
    if (this.from.side === "outputs") this.wires.pull(pin, at, kind);
    else this.wires.pull(at, pin, kind);
    this.light(target, event);
  }

  target(event) {
    const element = document.elementFromPoint(event.clientX, event.clientY);
    return element?.closest(".pin") ?? element?.closest(".card-row")?.querySelector(".pin") ?? null;
  }

  light(button, event) {
    if (button !== this.lit) this.lit?.classList.remove("is-target", "is-refused");
    this.lit = button;
    const plan = button && this.plan(this.endOf(button));
    if (button) button.classList.add(plan.ends ? "is-target" : "is-refused");
    this.tell(plan?.refused ? this.reason(plan) : "", event);
  }

  tell(text, event = null) {
    this.hint.hidden = !text;
    this.hint.textContent = text;
    if (!text) return;
    const { x, y } = this.viewport.under(event);
    this.hint.style.transform = `translate(${x + 14}px, ${y + 18}px)`;
  }

  reason({ refused, words }) {
    const kinds = Object.fromEntries(Object.entries(words).map(([key, kind]) => [key, say(`kind_${kind}`)]));
    return say(`refused_${refused}`, kinds);
  }

  plan(to) {
    const { from } = this;
    if (from.side === to.side) return { refused: from.side, words: {} };
    const [output, input] = from.side === "outputs" ? [from, to] : [to, from];
    return planLink(this.store.drawing, this.store.catalogue, output, input);
  }

  /** A link is pulled to here: to a pin, a card, or nothing. */
  drop(event) {
    const button = this.target(event);
    const card = document.elementFromPoint(event.clientX, event.clientY)?.closest(".flow-card");
    if (button) this.finish(this.endOf(button));
    else if (card) this.finishAt(card.dataset.node);
    else if (this.moved) this.cut();
    else if (this.frame.contains(document.elementFromPoint(event.clientX, event.clientY))) this.offer(event);
    this.cancel();
  }

  finishAt(id) {
    const node = this.store.drawing.nodes.get(id);
    const block = this.store.block(node);
    const side = this.from.side === "outputs" ? "inputs" : "outputs";
    const pin = block && id !== this.from.node && bestPin(block, side, this.pinOf(this.from).kind);
    if (pin) this.finish({ node: id, pin: pin.name, side });
  }

  finish(to) {
    const plan = this.plan(to);
    if (plan.refused) {
      announce(this.reason(plan));
      return;
    }
    const { moved } = this;
    this.store.edit((drawing) => (moved ? relink(drawing, moved, plan.ends) : addLink(drawing, plan.ends)));
    announce(say("linked", { source: plan.ends.source_name, sink: plan.ends.sink_name }));
  }

  cut() {
    const { moved } = this;
    this.store.edit((drawing) => remove(drawing, { links: [moved] }));
    announce(say("unlinked"));
  }

  /** The link ends on nothing: offers the blocks that it could lead to. */
  offer(event) {
    const { from } = this;
    const { kind } = this.pinOf(from);
    const side = from.side === "outputs" ? "inputs" : "outputs";
    const at = this.viewport.at(event);
    this.picker.open({
      event,
      fits: (block) => block.kind !== "note" && bestPin(block, side, kind) !== null,
      onPick: (block) => this.actions.addLinked(block.id, at, { from, pin: bestPin(block, side, kind).name }),
    });
  }

  /** A pin was clicked, or Enter pressed on it: the first one begins a link, the second one ends it. */
  click(button) {
    const end = this.endOf(button);
    if (!this.isOn) {
      this.begin(end);
      announce(say(end.side === "outputs" ? "choose_input" : "choose_output", { pin: end.pin }));
      return;
    }
    const isSame = end.node === this.from.node && end.pin === this.from.pin && end.side === this.from.side;
    if (isSame) announce(say("link_dropped"));
    else this.finish(end);
    this.cancel();
  }
}
