// Which part of the drawing is seen: moves, zooms, fits. Knows nothing of what is drawn.
import { LARGE } from "../js/culling.js";
import { boundsOf, fit, MIN_SCALE, revealed, zoomed } from "../js/geometry.js";
import { find } from "./elements.js";

const STEP = 1.25;
const FULL = { x: 0, y: 0, scale: 1 };

export class Viewport {
  constructor(frame) {
    this.frame = frame;
    this.canvas = find(frame, "canvas");
    this.lookOfFrame = styleOf(frame);
    this.lookOfCanvas = styleOf(this.canvas);
    this.listeners = [];
    this.view = FULL;
    this.measure();
    new ResizeObserver(() => this.resized()).observe(frame);
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // Browsers scroll to what has the focus; here the view moves instead.
    frame.addEventListener("scroll", () => frame.scrollTo(0, 0));
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  set(view) {
    this.view = view;
    const dot = 20 * view.scale * (view.scale < 0.5 ? 4 : 1);
    this.lookOfFrame({ backgroundPosition: `${view.x}px ${view.y}px`, backgroundSize: `${dot}px ${dot}px` });
    if (!this.isParked) this.placeCanvas();
    for (const listener of this.listeners) listener(view);
  }

  placeCanvas() {
    const { x, y, scale } = this.view;
    this.lookOfCanvas({ "--view": `translate(${x}px, ${y}px) scale(${scale})` });
  }

  /** Clips all of the canvas, so that it is neither painted nor hit, until it is fetched. */
  park() {
    if (this.isParked) return;
    this.isParked = true;
    this.lookOfCanvas({ overflow: "clip" });
  }

  fetch() {
    if (!this.isParked) return;
    this.isParked = false;
    this.placeCanvas();
  }

  /** Kept, because asking the page in the middle of changes is what makes large drawings slow. */
  size() {
    return this.known;
  }

  measure() {
    this.box = this.frame.getBoundingClientRect();
    this.known = { width: this.frame.clientWidth, height: this.frame.clientHeight };
  }

  resized() {
    this.measure();
    this.set(this.view);
  }

  pan(dx, dy) {
    this.set({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
  }

  zoom(factor, point = this.middleOfFrame()) {
    this.set(zoomed(this.view, factor, point));
  }

  zoomIn() {
    this.zoom(STEP);
  }

  zoomOut() {
    this.zoom(1 / STEP);
  }

  middleOfFrame() {
    const { width, height } = this.size();
    return { x: width / 2, y: height / 2 };
  }

  fit(shapes) {
    // Many cards are shown as boxes with large titles, so all of them may be seen at once.
    const least = shapes.length >= LARGE ? MIN_SCALE : undefined;
    if (shapes.length) this.set(fit(boundsOf(shapes), this.size(), least));
  }

  reveal(shape) {
    this.set(revealed(this.view, shape, this.size(), 40));
  }

  /** The point of the frame under a point of the window. */
  under({ clientX, clientY }) {
    return { x: clientX - this.box.left, y: clientY - this.box.top };
  }

  /** The point of the drawing under a point of the window. */
  at(event) {
    return this.inDrawing(this.under(event));
  }

  inDrawing({ x, y }) {
    return { x: (x - this.view.x) / this.view.scale, y: (y - this.view.y) / this.view.scale };
  }

  inFrame({ x, y }) {
    return { x: x * this.view.scale + this.view.x, y: y * this.view.scale + this.view.y };
  }

  /** Two fingers on a trackpad or a wheel move; with Ctrl, which trackpads send when they pinch, it zooms. */
  wheel(event) {
    if (event.target.closest("textarea:focus, .picker-list")) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      this.zoom(Math.exp(-event.deltaY / 150), this.under(event));
    } else if (event.shiftKey && !event.deltaX) {
      this.pan(-event.deltaY, 0);
    } else {
      this.pan(-event.deltaX, -event.deltaY);
    }
  }
}

/** Sets declarations of an element, as the end of an animation. Styles written on it would have browsers look at
 *  everything inside anew, because Tabler asks for the attribute "style" of parents; a rule that changes, at all rules.
 *  An animated transform would make a layer, for which everything painted is sorted: it goes by a property of our own. */
function styleOf(element) {
  const animation = element.animate([], { fill: "forwards" });
  animation.finish();
  return (declarations) => animation.effect.setKeyframes([declarations, declarations]);
}
