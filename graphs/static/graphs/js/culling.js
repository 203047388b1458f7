// Takes out of the page what lies far outside of the frame: browsers are slow with thousands of boxes in motion.
import { overlap, shownBox } from "./geometry.js";

export const LARGE = 200; // cards; smaller drawings stay whole, so that Tab reaches every part of every card

export class Culling {
  constructor() {
    this.hidden = new WeakSet(); // asking the elements would be slower
  }

  /** Hides and shows: `places` are pairs of an element and the box that it is in. */
  show(places, view, frame) {
    const shown = shownBox(view, frame);
    for (const [element, box] of places) this.hide(element, !overlap(box, shown));
  }

  hide(element, isFar) {
    if (this.hidden.has(element) === isFar) return;
    element.classList.toggle("is-far", isFar);
    if (isFar) this.hidden.add(element);
    else this.hidden.delete(element);
  }
}
