// The gestures of the canvas: each is {begin, move, end, click, pansAtEdges, canBeHeld}, all of them optional but `move`.
import { linksByNode } from "./document.js";
import { setMetadata } from "./edits.js";
import { frameOf, isInside, resized } from "./frames.js";
import { boxOf, overlap } from "../js/geometry.js";
import { pinPoint, snap } from "./shapes.js";

const NEAR_END = 40;
const HANDS_OFF = "input, textarea, select, button, a, .flow-tools, .flow-wire-tools, .flow-map";

export class GestureKinds {
  constructor({ frame, store, viewport, linking, actions, marquee }) {
    Object.assign(this, { frame, store, viewport, linking, actions, marquee });
  }

  /** The gesture that begins where a pointer went down; `count` tells it from all others. Null where it is none. */
  at(event, count) {
    const { target } = event;
    const pin = target.closest(".pin");
    if (pin) return this.pulling(pin);
    if (target.closest(HANDS_OFF)) return null;
    const wire = target.closest(".wire-group");
    if (wire) return this.onWire(wire.dataset.link, event);
    const card = target.closest(".flow-card");
    if (target.closest("[data-grip]")) return this.resizing(card.dataset.node, event, count);
    if (card) return this.dragging(card.dataset.node, event, count);
    return event.shiftKey || this.frame.dataset.mode === "marquee" ? this.framing(event) : this.panning();
  }

  panning() {
    return {
      canBeHeld: true,
      move: (event, last) => this.viewport.pan(event.clientX - last.clientX, event.clientY - last.clientY),
      click: () => {
        if (this.linking.isOn) this.linking.cancel();
        else this.store.select([]);
      },
    };
  }

  pinching(pointers) {
    return {
      move: (event) => {
        const other = [...pointers.values()].find((each) => each.pointerId !== event.pointerId);
        const before = pointers.get(event.pointerId);
        if (!other || !before) return;
        const span = (each) => Math.hypot(each.clientX - other.clientX, each.clientY - other.clientY) || 1;
        const middle = this.viewport.under({ clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 });
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

  dragging(id, event, count) {
    const { store } = this;
    if (event.shiftKey) return { ...this.panning(), click: () => store.toggle(id) };
    const key = `drag ${count}`;
    let [from, at] = [null, this.viewport.at(event)];
    return {
      canBeHeld: true,
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
        store.place(places, key);
      },
      end: () => this.actions.dropOnLink(id, key),
      click: () => store.select([id]),
    };
  }

  /** From the corner of a frame. */
  resizing(id, event, count) {
    const { store } = this;
    const key = `resize ${count}`;
    const [at, from] = [this.viewport.at(event), frameOf(store.drawing.nodes.get(id))];
    return {
      pansAtEdges: true,
      begin: () => store.select([id]),
      move: (each) => {
        const now = this.viewport.at(each);
        const frame = resized(from, snap(now.x - at.x), snap(now.y - at.y));
        store.edit((drawing) => setMetadata(drawing, id, "frame", frame), key);
      },
      end: () => store.history.seal(),
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
        const chosen = new Set([...already, ...inside]);
        if (chosen.symmetricDifference(this.store.selected).size) this.store.select(chosen);
      },
      end: () => { this.marquee.hidden = true; },
      click: () => {
        this.marquee.hidden = true;
        this.store.select([]);
      },
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
}
