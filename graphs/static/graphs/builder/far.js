// Takes out of the page what lies far outside of the view: browsers are slow with hundreds of cards in motion.
import { boxOf, overlap, shownBox } from "../js/geometry.js";

const FROM = 200; // smaller drawings stay whole, so that Tab reaches every card

export class Far {
  constructor({ store, cards, wires, viewport }) {
    Object.assign(this, { store, cards, wires, viewport });
    viewport.listen(() => this.show());
    store.listen((what) => what === "drawing" && this.show());
  }

  show() {
    const isLarge = this.store.drawing.nodes.size >= FROM;
    if (!isLarge && !this.wasLarge) return;
    this.wasLarge = isLarge;
    const near = shownBox(this.viewport.view, this.viewport.size());
    const isFar = (box) => isLarge && !overlap(box, near);
    for (const [id, element] of this.cards.elements) hide(element, isFar(this.store.shape(id)));
    for (const { group, points } of this.wires.drawn.values()) hide(group, isFar(boxOf(points[0], points[3])));
  }
}

function hide(element, isFar) {
  if (element.classList.contains("is-far") !== isFar) element.classList.toggle("is-far", isFar);
}
