// The blocks beside the canvas: finds them, adds them with a click or Enter, lets them be dragged onto the canvas.
import { find } from "./elements.js";

const DRAG_DISTANCE = 6;

export class Palette {
  constructor(root, { frame, catalogue, actions }) {
    Object.assign(this, { root, frame, catalogue, actions });
    this.search = find(root, "search");
    this.buttons = [...root.querySelectorAll("[data-block]")];
    this.search.addEventListener("input", () => this.show());
    this.search.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("pointerdown", (event) => this.down(event));
    window.addEventListener("pointermove", (event) => this.move(event));
    window.addEventListener("pointerup", (event) => this.up(event));
  }

  show() {
    const found = new Set(this.catalogue.search(this.search.value).map((block) => block.id));
    for (const button of this.buttons) button.hidden = !found.has(button.dataset.block);
    for (const group of this.root.querySelectorAll("details")) {
      group.hidden = !group.querySelector("[data-block]:not([hidden])");
      if (this.search.value) group.open = true;
    }
    find(this.root, "none").hidden = found.size > 0;
  }

  key(event) {
    if (event.key === "Escape" && !this.search.value) this.frame.focus();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [best] = this.catalogue.search(this.search.value);
    if (best) this.actions.add(best.id);
  }

  click(event) {
    const button = event.target.closest("[data-block]");
    if (button && !this.wasDragged) this.actions.add(button.dataset.block);
    if (button) this.root.classList.remove("is-open"); // on small screens it covers the canvas
    this.wasDragged = false;
  }

  // A finger scrolls the list, so it adds with a tap.
  down(event) {
    const button = event.target.closest("[data-block]");
    this.wasDragged = false;
    if (button && event.button === 0 && event.pointerType !== "touch") this.held = { button, event };
  }

  move(event) {
    if (!this.held) return;
    const { button, event: start } = this.held;
    const far = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
    if (!this.ghost && far > DRAG_DISTANCE) {
      this.ghost = button.cloneNode(true);
      this.ghost.classList.add("palette-ghost");
      this.ghost.setAttribute("aria-hidden", "true");
      document.body.append(this.ghost);
    }
    if (this.ghost) this.ghost.style.transform = `translate(${event.clientX + 8}px, ${event.clientY + 8}px)`;
  }

  up(event) {
    const { held, ghost } = this;
    this.held = null;
    this.ghost = null;
    if (!ghost) return;
    ghost.remove();
    this.wasDragged = true;
    const target = document.elementFromPoint(event.clientX, event.clientY);
    if (this.frame.contains(target)) this.actions.addAt(held.button.dataset.block, event);
  }
}
