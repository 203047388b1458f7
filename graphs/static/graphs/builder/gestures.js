// What fingers, mouse and pen do on the canvas: which gesture it is, and when it begins, moves and ends.
import { GestureKinds } from "./gesture-kinds.js";

const CLICK_DISTANCE = 5;
const EDGE = 36;
const EDGE_STEP = 9;
const HOLD_MS = 450; // until a finger that does not move chooses

export class Gestures {
  constructor(parts) {
    const { frame, store, viewport, linking, actions } = parts;
    Object.assign(this, { frame, store, viewport, linking, actions, kinds: new GestureKinds(parts) });
    Object.assign(this, { pointers: new Map(), gesture: null, count: 0 });
    frame.addEventListener("pointerdown", (event) => this.down(event));
    window.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => this.up(event));
    frame.addEventListener("click", (event) => this.click(event));
    frame.addEventListener("dblclick", (event) => this.doubleClick(event));
    frame.addEventListener("contextmenu", (event) => event.pointerType === "touch" && event.preventDefault());
  }

  down(event) {
    this.viewport.measure(); // now, and not again while things move: asking the page then is slow
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 2) return this.begin(event, this.kinds.pinching(this.pointers));
    if (event.button === 1) return this.begin(event, this.kinds.panning());
    if (event.button !== 0) return undefined;
    const gesture = this.kinds.at(event, this.count);
    if (gesture) this.begin(event, gesture);
    if (gesture?.canBeHeld && event.pointerType === "touch") this.holding = setTimeout(() => this.hold(event), HOLD_MS);
    return undefined;
  }

  begin(event, gesture) {
    clearTimeout(this.holding);
    this.gesture = gesture;
    this.start = event;
    this.last = event;
    this.isMoving = false;
    this.count += 1;
  }

  move(event) {
    if (this.linking.isOn && !this.gesture) this.linking.follow(event);
    if (!this.gesture || !this.pointers.has(event.pointerId)) return;
    const far = Math.hypot(event.clientX - this.start.clientX, event.clientY - this.start.clientY);
    if (!this.isMoving && far < CLICK_DISTANCE) return;
    if (!this.isMoving) {
      clearTimeout(this.holding);
      this.isMoving = true;
      this.gesture.begin?.();
    }
    this.gesture.move(event, this.last);
    this.pointers.set(event.pointerId, event);
    this.last = event;
    if (this.gesture.pansAtEdges) this.panAtEdge();
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    cancelAnimationFrame(this.edgePan);
    clearTimeout(this.holding);
    const { gesture } = this;
    if (!gesture || this.pointers.size) return;
    this.gesture = null;
    if (this.isMoving) gesture.end?.(event);
    else gesture.click?.(event);
  }

  /** While something is held at the edge of the canvas, the view moves there. */
  panAtEdge() {
    cancelAnimationFrame(this.edgePan);
    const { box } = this.viewport;
    const push = (at, start, end) => (at < start + EDGE ? EDGE_STEP : at > end - EDGE ? -EDGE_STEP : 0);
    const [dx, dy] = [push(this.last.clientX, box.left, box.right), push(this.last.clientY, box.top, box.bottom)];
    if (!dx && !dy) return;
    this.edgePan = requestAnimationFrame(() => {
      if (!this.gesture) return;
      this.viewport.pan(dx, dy);
      this.gesture.move(this.last, this.last);
      this.panAtEdge();
    });
  }

  /** A finger that stays where it is chooses: a card more, or with what it draws around. */
  hold(event) {
    if (!this.gesture || this.isMoving || this.pointers.size > 1) return;
    const id = event.target.closest(".flow-card")?.dataset.node;
    if (!id) {
      this.gesture = this.kinds.framing(event);
      this.kinds.showMarquee({ ...this.viewport.at(event), width: 0, height: 0 });
      return;
    }
    this.store.toggle(id);
    this.gesture = { ...this.kinds.dragging(id, event, this.count), click: undefined };
  }

  /** Enter and Space on a pin arrive as clicks without a pointer; those of pointers are handled above. */
  click(event) {
    const pin = event.target.closest(".pin");
    if (pin && event.detail === 0) this.linking.click(pin);
  }

  doubleClick(event) {
    if (event.target === this.frame || event.target.closest(".flow-wires")) this.actions.offer(event);
  }
}
