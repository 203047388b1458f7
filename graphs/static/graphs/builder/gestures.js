// What fingers, mouse and pen do on the canvas.
import { linksByNode } from "./document.js";
import { place } from "./edits.js";
import { isInside } from "./frames.js";
import { boxOf, overlap } from "../js/geometry.js";
import { pinPoint, snap } from "./shapes.js";

const CLICK_DISTANCE = 5;
const EDGE = 36;
const EDGE_STEP = 9;
const NEAR_END = 40;
const HANDS_OFF = "input, textarea, select, button, a, .flow-tools, .flow-wire-tools, .flow-map";

export class Gestures {
  constructor({ frame, store, viewport, wires, linking, actions, marquee }) {
    Object.assign(this, { frame, store, viewport, wires, linking, actions, marquee });
    Object.assign(this, { pointers: new Map(), gesture: null, count: 0 });
    frame.addEventListener("pointerdown", (event) => this.down(event));
    window.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => this.up(event));
    frame.addEventListener("click", (event) => this.click(event));
    frame.addEventListener("dblclick", (event) => this.doubleClick(event));
  }

  down(event) {
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 2) return this.begin(event, this.pinching());
    if (event.button === 1) return this.begin(event, this.panning());
    if (event.button !== 0) return undefined;
    const gesture = this.gestureFor(event);
    return gesture && this.begin(event, gesture);
  }

  gestureFor(event) {
    const { target } = event;
    const pin = target.closest(".pin");
    if (pin) return this.pulling(pin);
    if (target.closest(HANDS_OFF)) return null;
    const wire = target.closest(".wire-group");
    if (wire) return this.onWire(wire.dataset.link, event);
    const card = target.closest(".flow-card");
    if (card) return this.dragging(card.dataset.node, event);
    return event.shiftKey || this.frame.dataset.mode === "marquee" ? this.framing(event) : this.panning();
  }

  begin(event, gesture) {
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
      this.isMoving = true;
      this.frame.classList.add("is-moving");
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
    const { gesture } = this;
    if (!gesture || this.pointers.size) return;
    this.gesture = null;
    this.frame.classList.remove("is-moving");
    if (this.isMoving) gesture.end?.(event);
    else gesture.click?.(event);
  }

  /** While something is held at the edge of the canvas, the view moves there. */
  panAtEdge() {
    cancelAnimationFrame(this.edgePan);
    const box = this.frame.getBoundingClientRect();
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

  panning() {
    return {
      move: (event, last) => this.viewport.pan(event.clientX - last.clientX, event.clientY - last.clientY),
      click: () => {
        if (this.linking.isOn) this.linking.cancel();
        else this.store.select([]);
      },
    };
  }

  pinching() {
    return {
      move: (event) => {
        const other = [...this.pointers.values()].find((each) => each.pointerId !== event.pointerId);
        const before = this.pointers.get(event.pointerId);
        if (!other || !before) return;
        const span = (each) => Math.hypot(each.clientX - other.clientX, each.clientY - other.clientY) || 1;
        const box = this.frame.getBoundingClientRect();
        const middle = { x: (event.clientX + other.clientX) / 2 - box.left, y: (event.clientY + other.clientY) / 2 - box.top };
        this.viewport.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
        this.viewport.zoom(span(event) / span(before), middle);
      },
    };
  }

  /** From a pin: a new link. From an input that one link leads to: the end of that link. */
  pulling(button) {
    return {
      pansAtEdges: true,
      begin: () => this.linking.begin(...this.pulledFrom(this.linking.endOf(button))),
      move: (event) => this.linking.follow(event),
      end: (event) => this.linking.drop(event),
      click: () => this.linking.click(button),
    };
  }

  pulledFrom(end) {
    if (end.side === "outputs") return [end];
    const links = (linksByNode(this.store.drawing).into.get(end.node) ?? []).filter((link) => link.sink_name === end.pin);
    return links.length ? this.otherEnd(links.at(-1), "outputs") : [end];
  }

  /** The end of a link that stays where it is while the other one is moved. */
  otherEnd(link, side) {
    const stays = side === "outputs"
      ? { node: link.source_id, pin: link.source_name, side } : { node: link.sink_id, pin: link.sink_name, side };
    return [stays, { moved: link.id }];
  }

  onWire(id, event) {
    const link = this.store.drawing.links.get(id);
    const at = this.viewport.at(event);
    const far = (point) => Math.hypot(point.x - at.x, point.y - at.y);
    const nearSource = far(pinPoint(this.store.shape(link.source_id), "outputs", link.source_name)) < NEAR_END;
    const nearSink = far(pinPoint(this.store.shape(link.sink_id), "inputs", link.sink_name)) < NEAR_END;
    const select = () => this.store.select([], { link: id });
    if (!nearSource && !nearSink) return { ...this.panning(), click: select };
    return {
      pansAtEdges: true,
      begin: () => this.linking.begin(...this.otherEnd(link, nearSink ? "outputs" : "inputs")),
      move: (each) => this.linking.follow(each),
      end: (each) => this.linking.drop(each),
      click: select,
    };
  }

  dragging(id, event) {
    const { store } = this;
    if (event.shiftKey) return { ...this.panning(), click: () => store.toggle(id) };
    const key = `drag ${this.count}`;
    let [from, at] = [null, this.viewport.at(event)];
    return {
      pansAtEdges: true,
      begin: () => {
        if (!store.selected.has(id)) store.select([id]);
        from = store.shapes(this.actions.carried());
      },
      move: (each) => {
        const now = this.viewport.at(each);
        const lead = from.get(id);
        const [dx, dy] = [snap(lead.x + now.x - at.x) - lead.x, snap(lead.y + now.y - at.y) - lead.y];
        const places = new Map([...from].map(([each_id, shape]) => [each_id, { x: shape.x + dx, y: shape.y + dy }]));
        store.edit((drawing) => place(drawing, places), key);
      },
      end: () => this.actions.dropOnLink(id, key),
      click: () => store.select([id]),
    };
  }

  framing(event) {
    const start = this.viewport.at(event);
    const already = event.shiftKey ? [...this.store.selected] : [];
    return {
      pansAtEdges: true,
      move: (each) => {
        const box = boxOf(start, this.viewport.at(each));
        this.showMarquee(box);
        const isIn = (shape) => (shape.isFrame ? isInside(shape, box) : overlap(shape, box));
        const inside = [...this.store.shapes()].filter(([, shape]) => isIn(shape)).map(([id]) => id);
        this.store.select([...already, ...inside]);
      },
      end: () => { this.marquee.hidden = true; },
      click: () => this.store.select([]),
    };
  }

  showMarquee({ x, y, width, height }) {
    const { scale } = this.viewport.view;
    const corner = this.viewport.inFrame({ x, y });
    this.marquee.hidden = false;
    Object.assign(this.marquee.style, {
      transform: `translate(${corner.x}px, ${corner.y}px)`, width: `${width * scale}px`, height: `${height * scale}px`,
    });
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
