// Moves and zooms a view by pointer, wheel and keys. Knows nothing of what is shown.
import { zoomed } from "./geometry.js";

const STEP = 1.25;
const NUDGE = 60;
const CLICK_DISTANCE = 5;

export class PanZoom {
  constructor(frame, { view, onChange, onFit }) {
    this.frame = frame;
    this.view = view;
    this.onChange = onChange;
    this.onFit = onFit;
    this.pointers = new Map();
    frame.addEventListener("pointerdown", (event) => this.down(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, (event) => this.up(event));
    frame.addEventListener("click", (event) => this.click(event), { capture: true });
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    frame.addEventListener("keydown", (event) => this.key(event));
  }

  set(view) {
    this.view = view;
    this.onChange(view);
  }

  pan(dx, dy) {
    this.set({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  zoom(factor, point = { x: this.frame.clientWidth / 2, y: this.frame.clientHeight / 2 }) {
    this.set(zoomed(this.view, factor, point));
  }

  down(event) {
    if (event.button !== 0 || event.target.closest("[data-zoom]")) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 1) this.distance = 0;
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    this.distance += Math.hypot(now.x - last.x, now.y - last.y);
    if (this.distance < CLICK_DISTANCE) return;
    this.frame.setPointerCapture(event.pointerId);
    this.frame.toggleAttribute("data-moving", true);
    if (this.pointers.size === 2) this.pinch(event.pointerId, last, now);
    else this.pan(now.x - last.x, now.y - last.y);
    this.pointers.set(event.pointerId, now);
  }

  pinch(id, last, now) {
    const [, other] = [...this.pointers].find(([each]) => each !== id);
    const span = (point) => Math.hypot(point.x - other.x, point.y - other.y);
    const box = this.frame.getBoundingClientRect();
    const middle = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top };
    if (span(last)) this.zoom(span(now) / span(last), middle);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.frame.toggleAttribute("data-moving", false);
  }

  click(event) {
    // The end of a drag is no click on the card under it.
    if (this.distance >= CLICK_DISTANCE && event.detail) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    this.distance = 0;
  }

  wheel(event) {
    // Without a modifier key the wheel scrolls the page; trackpads send ctrl when they pinch.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 200), { x: event.clientX - box.left, y: event.clientY - box.top });
  }

  key(event) {
    const actions = {
      "+": () => this.zoom(STEP),
      "=": () => this.zoom(STEP),
      "-": () => this.zoom(1 / STEP),
      0: () => this.onFit(),
      ArrowLeft: () => this.pan(NUDGE, 0),
      ArrowRight: () => this.pan(-NUDGE, 0),
      ArrowUp: () => this.pan(0, NUDGE),
      ArrowDown: () => this.pan(0, -NUDGE),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
  }
}
