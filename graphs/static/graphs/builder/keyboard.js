// What keys do in the builder.
import { isTyping } from "./elements.js";

const STEP = 10;
const FAR = 50;
const PAN = 60;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keyboard {
  constructor({ frame, store, viewport, actions, linking, panel, doThis }) {
    Object.assign(this, { frame, store, viewport, actions, linking, panel, doThis });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("copy", (event) => this.copy(event));
    document.addEventListener("cut", (event) => this.copy(event) && actions.remove());
    document.addEventListener("paste", (event) => this.paste(event));
    frame.addEventListener("focusin", (event) => this.focused(event));
    document.addEventListener("keyup", (event) => {
      if (ARROWS[event.key]) store.history.seal();
    });
  }

  /** Whoever walks with Tab sees, and has selected, where they are. */
  focused({ target }) {
    const card = target.closest(".flow-card");
    if (!card || !target.matches(":focus-visible")) return;
    this.viewport.reveal(this.store.shape(card.dataset.node));
    if (target === card && !this.store.selected.has(card.dataset.node)) this.store.select([card.dataset.node]);
  }

  key(event) {
    if (document.querySelector("dialog[open]")) return;
    const act = event.ctrlKey || event.metaKey ? this.withControl(event) : this.plain(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  withControl({ key, shiftKey, target }) {
    const everywhere = { s: "save", Enter: "run" }[key];
    if (everywhere) return () => this.doThis(everywhere);
    const typed = isTyping(target) && !target.matches("[type=checkbox], select");
    if (typed || !this.isHere(target)) return null;
    if (ARROWS[key]) return () => this.actions.walk(ARROWS[key]);
    const name = { z: shiftKey ? "redo" : "undo", Z: "redo", y: "redo", a: "selectAll", d: "duplicate" }[key];
    return name ? () => this.doThis(name) : null;
  }

  isHere(target) {
    return this.frame.contains(target) || target === document.body || Boolean(target.closest(".builder"));
  }

  plain(event) {
    const { key, target, altKey } = event;
    if (altKey) return null;
    if (key === "Escape") return () => this.escape(target);
    if (isTyping(target)) return null;
    if (key === "/") return () => this.doThis("search");
    if (key === "?") return () => this.doThis("keys");
    if (!this.frame.contains(target) && target !== document.body) return null;
    return this.onCanvas(event);
  }

  onCanvas({ key, target, shiftKey }) {
    if (ARROWS[key]) return this.arrow(key, target, shiftKey);
    if (key === "Enter" && target.matches(".flow-card")) return () => this.panel.focus();
    const name = {
      Delete: "remove", Backspace: "remove", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "fit", l: "layout", n: "note", g: "group",
    }[key];
    return name ? () => this.doThis(name) : null;
  }

  arrow(key, target, shiftKey) {
    if (target.closest(".flow-tools, .flow-wire-tools")) return null;
    const [x, y] = ARROWS[key];
    const step = shiftKey ? FAR : STEP;
    if (this.store.selected.size) return () => this.actions.nudge(x * step, y * step);
    return () => this.viewport.pan(-x * PAN, -y * PAN);
  }

  escape(target) {
    this.frame.closest(".builder").querySelector("[data-palette]").classList.remove("is-open");
    if (this.linking.isOn) this.linking.cancel();
    else if (isTyping(target) || !this.frame.contains(target)) this.panel.leave();
    else this.store.select([]);
  }

  copy(event) {
    if (isTyping(event.target) || !this.store.selected.size || String(document.getSelection())) return false;
    event.preventDefault();
    event.clipboardData.setData("text/plain", this.actions.text());
    return true;
  }

  paste(event) {
    if (isTyping(event.target)) return;
    event.preventDefault();
    this.actions.paste(event.clipboardData.getData("text/plain"));
  }
}
