// Takes out of the page what lies far outside of the frame: browsers are slow with thousands of boxes in motion.
import { overlap, shownBox } from "./geometry.js";

const FROM = 200; // smaller drawings stay whole, so that Tab reaches every card

export class Culling {
  constructor(items) {
    this.items = items;
    this.isNeeded = items.length >= FROM;
  }

  add(item) {
    this.items.push(item);
  }

  show(view, frame) {
    if (!this.isNeeded) return;
    const shown = shownBox(view, frame);
    for (const item of this.items) {
      const isFar = !overlap(item, shown);
      if (isFar === item.isFar) continue;
      item.isFar = isFar;
      item.element.classList.toggle("is-far", isFar);
    }
  }
}
