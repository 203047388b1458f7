// How the nodes stand in the run that is watched: on their cards, on the links, on the map.
import { find } from "./elements.js";
import { say } from "./texts.js";

const AT_WORK = new Set(["QUEUED", "RUNNING"]);

export class Live {
  constructor({ store, cards, wires }) {
    Object.assign(this, { store, cards, wires });
    this.states = new Map(); // node id -> {status, label, error, values}
    this.painted = new WeakMap(); // card -> the state that it shows
    store.listen((what) => what === "drawing" && this.paintNew());
  }

  statusOf(id) {
    return this.states.get(id)?.status;
  }

  clear() {
    for (const id of this.states.keys()) {
      this.paint(id, null);
      this.wires.showValue(id, null, "");
      for (const place of this.cards.element(id)?.querySelectorAll("[data-pin-value]") ?? []) place.hidden = true;
    }
    this.states.clear();
    this.store.tell("live");
  }

  /** `state` is {status, label, count, error, values: {pin: text}}; what it leaves out stays as it was. */
  set(id, state) {
    const known = { ...this.states.get(id), ...state };
    this.states.set(id, known);
    this.paint(id, known);
    this.store.tell("live");
  }

  /** The end of what a node is writing. */
  stream(id, text) {
    this.wires.showValue(id, null, text);
  }

  /** Cards that are new, because their node was deleted and came back, get what the others have. */
  paintNew() {
    for (const [id, state] of this.states) if (this.painted.get(this.cards.element(id)) !== state) this.paint(id, state);
  }

  paint(id, state) {
    const card = this.cards.element(id);
    const mark = card && find(card, "card-status");
    if (!mark) return;
    this.painted.set(card, state);
    mark.hidden = !state;
    if (state) {
      card.dataset.status = state.status;
      mark.dataset.status = state.status;
      mark.textContent = state.count > 1 ? `${state.label} ×${state.count}` : state.label;
    } else delete card.dataset.status;
    this.wires.setActive(id, AT_WORK.has(state?.status));
    this.showError(find(card, "error"), state?.error);
    for (const [pin, text] of Object.entries(state?.values ?? {})) this.showValue(card, id, pin, text);
  }

  showError(button, error) {
    button.hidden = !error;
    button.textContent = error ? say("failed_with", { error }) : "";
  }

  showValue(card, id, pin, text) {
    const row = [...find(card, "outputs").children].find((each) => each.dataset.pin === pin);
    const place = row && find(row, "pin-value");
    if (place) {
      place.hidden = false;
      place.textContent = text;
    }
    this.wires.showValue(id, pin, text);
  }
}
