// Keeps large drawings smooth: takes what is far outside out of the page, and shows them as a sketch when much is seen.
// Only the sketch moves then. The cards follow when the view has come to rest.
import { Culling, LARGE } from "../js/culling.js";
import { boxOf } from "../js/geometry.js";

const SMALL = 0.5; // the scale below which nobody reads the pins
const WORK = 32; // for one frame, see `Culling`
const REST_MS = 100; // without a move

export class Far {
  constructor({ store, cards, wires, viewport, sketch }) {
    Object.assign(this, { store, cards, wires, viewport, sketch });
    this.culling = new Culling();
    viewport.listen(() => this.moved());
    store.listen((what) => ["drawing", "places"].includes(what) && this.show());
  }

  get isLarge() {
    return this.store.drawing.nodes.size >= LARGE;
  }

  get isSmall() {
    return this.viewport.view.scale < SMALL;
  }

  moved() {
    if (this.isLarge && (this.isSmall || this.sketch.isOn)) this.cover();
    else this.show();
  }

  /** Only the sketch is seen, until the view rests. */
  cover() {
    this.sketch.show(true);
    this.viewport.park();
    cancelAnimationFrame(this.next);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.show(), REST_MS);
  }

  show() {
    if (this.isLarge) this.cull();
    else if (this.wasLarge) this.end();
    this.wasLarge = this.isLarge;
  }

  /** A drawing that comes is culled at once, later a part in each frame; the sketch covers what is not there yet. Cards that
   *  come do so where they will be, because browsers leave out the contents of those that are out of sight. */
  cull() {
    if (!this.isSmall) this.viewport.fetch();
    const work = this.wasLarge ? WORK : Infinity;
    const isDone = this.culling.show(this.places(), this.viewport.view, this.viewport.size(), { work, isNothing: this.isSmall });
    cancelAnimationFrame(this.next);
    if (isDone) this.settle();
    else this.next = requestAnimationFrame(() => this.cull());
  }

  settle() {
    this.sketch.show(this.isSmall);
    this.viewport.fetch();
  }

  /** The drawing is small now, and wholly in the page. */
  end() {
    cancelAnimationFrame(this.next);
    clearTimeout(this.resting);
    this.sketch.show(false);
    this.viewport.fetch();
    for (const [element] of this.places()) this.culling.hide(element, false);
  }

  *places() {
    for (const [id, element] of this.cards.elements) yield [element, this.store.shape(id)];
    for (const { group, points } of this.wires.drawn.values()) yield [group, boxOf(points[0], points[3])];
  }
}
