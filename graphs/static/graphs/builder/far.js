// Keeps large drawings fluid: takes out of the page what lies far outside of the view, and has a sketch painted
// instead of cards that are too small to be read.
import { boxOf, overlap, shownBox } from "../js/geometry.js";

const SMALL = 0.5; // the scale below which nobody reads the pins
const FROM = 200; // smaller drawings stay whole, so that Tab reaches every card

export class Far {
  constructor({ frame, store, cards, wires, viewport, sketch }) {
    Object.assign(this, { frame, store, cards, wires, viewport, sketch });
    viewport.listen(() => this.show());
    store.listen((what) => what === "drawing" && this.show());
  }

  show() {
    const isLarge = this.store.drawing.nodes.size >= FROM;
    if (!isLarge && !this.wasLarge) return;
    this.wasLarge = isLarge;
    const isSmall = isLarge && this.viewport.view.scale < SMALL;
    if (isSmall !== this.frame.classList.contains("is-small")) this.shrink(isSmall);
    const near = shownBox(this.viewport.view, this.viewport.size());
    const isFar = (box) => isLarge && !overlap(box, near);
    for (const [id, element] of this.cards.elements) hide(element, isFar(this.store.shape(id)));
    for (const { group, points } of this.wires.drawn.values()) hide(group, isFar(boxOf(points[0], points[3])));
  }

  shrink(isSmall) {
    this.frame.classList.toggle("is-small", isSmall);
    this.sketch.show(isSmall);
  }
}

function hide(element, isFar) {
  if (element.classList.contains("is-far") !== isFar) element.classList.toggle("is-far", isFar);
}
