// Keeps large drawings smooth: takes what is far outside out of the page, and shows them as a sketch when much is seen.
import { Culling, LARGE } from "../js/culling.js";
import { boxOf } from "../js/geometry.js";

const SMALL = 0.5; // the scale below which nobody reads the pins

export class Far {
  constructor({ frame, store, cards, wires, viewport, sketch }) {
    Object.assign(this, { frame, store, cards, wires, viewport, sketch });
    this.culling = new Culling();
    viewport.listen(() => this.show());
    store.listen((what) => ["drawing", "places"].includes(what) && this.show());
  }

  show() {
    const isLarge = this.store.drawing.nodes.size >= LARGE;
    if (!isLarge && !this.wasLarge) return;
    this.wasLarge = isLarge;
    const isSmall = isLarge && this.viewport.view.scale < SMALL;
    if (isSmall !== this.isSmall) this.shrink(isSmall);
    if (isLarge) this.culling.show(this.places(), this.viewport.view, this.viewport.size());
    else for (const [element] of this.places()) this.culling.hide(element, false);
  }

  *places() {
    for (const [id, element] of this.cards.elements) yield [element, this.store.shape(id)];
    for (const { group, points } of this.wires.drawn.values()) yield [group, boxOf(points[0], points[3])];
  }

  shrink(isSmall) {
    this.isSmall = isSmall;
    this.frame.toggleAttribute("data-small", isSmall); // a class would have Tabler look at everything inside anew
    this.sketch.show(isSmall);
  }
}
