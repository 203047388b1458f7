// Takes out of the page what lies far outside of the frame: browsers are slow with thousands of boxes in motion.
import { overlap, shownBox } from "./geometry.js";

export const LARGE = 200; // cards; smaller drawings stay whole
const SHOWING = 4; // times the work of hiding: what is shown has to be looked at

export class Culling {
  constructor() {
    this.hidden = new WeakSet(); // asking the elements would be slower
  }

  /** Hides and shows, as much as the work allows: `places` are pairs of an element and the box that it is in. Says whether all is done. */
  show(places, view, frame, { work = Infinity, isNothing = false } = {}) {
    const shown = shownBox(view, frame);
    let left = work;
    for (const [element, box] of places) {
      const isFar = isNothing || !overlap(box, shown);
      if (this.hidden.has(element) === isFar) continue;
      if (left <= 0) return false;
      this.hide(element, isFar);
      left -= isFar ? 1 : SHOWING;
    }
    return true;
  }

  hide(element, isFar) {
    if (this.hidden.has(element) === isFar) return;
    element.classList.toggle("is-far", isFar);
    if (isFar) this.hidden.add(element);
    else this.hidden.delete(element);
  }
}
