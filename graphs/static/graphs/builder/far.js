// Keeps large drawings smooth: takes what is far outside out of the page, and shows them as a sketch when much is seen.
import { Culling, LARGE } from "../js/culling.js";
import { boxOf } from "../js/geometry.js";

const SMALL = 0.5; // the scale below which nobody reads the pins
const WORK = 32; // for one frame, see `Culling`

export class Far {
  constructor({ store, cards, wires, viewport, sketch }) {
    Object.assign(this, { store, cards, wires, viewport, sketch });
    this.culling = new Culling();
    viewport.listen(() => this.show());
    store.listen((what) => ["drawing", "places"].includes(what) && this.show());
  }

  show() {
    const isLarge = this.store.drawing.nodes.size >= LARGE;
    if (!isLarge && !this.wasLarge) return;
    const isSmall = isLarge && this.viewport.view.scale < SMALL;
    if (isLarge) this.cull(isSmall);
    else this.end();
    this.wasLarge = isLarge;
  }

  /** The drawing is small now, and wholly in the page. */
  end() {
    this.sketch.show(false);
    for (const [element] of this.places()) this.culling.hide(element, false);
  }

  /** A drawing that comes is culled at once, later a part in each frame; the sketch covers what is not there yet. */
  cull(isSmall) {
    const work = this.wasLarge ? WORK : Infinity;
    const isDone = this.culling.show(this.places(), this.viewport.view, this.viewport.size(), { work, isNothing: isSmall });
    if (isSmall || isDone) this.sketch.show(isSmall);
    if (!isDone) this.next ??= requestAnimationFrame(() => this.goOn());
  }

  goOn() {
    this.next = null;
    this.show();
  }

  *places() {
    for (const [id, element] of this.cards.elements) yield [element, this.store.shape(id)];
    for (const { group, points } of this.wires.drawn.values()) yield [group, boxOf(points[0], points[3])];
  }
}
