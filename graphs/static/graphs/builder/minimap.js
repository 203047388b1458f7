// The whole drawing, small: where one is, how nodes stand, and a way to elsewhere.
import { boundsOf } from "../js/geometry.js";
import { Colours } from "./colours.js";

const PAD = 60;

export class Minimap {
  constructor(canvas, { store, viewport, live }) {
    Object.assign(this, { canvas, store, viewport, live });
    this.context = canvas.getContext("2d");
    this.colours = new Colours(canvas.parentElement, () => this.ask());
    store.listen(() => this.ask());
    viewport.listen(() => this.ask());
    canvas.addEventListener("pointerdown", (event) => this.go(event));
    canvas.addEventListener("pointermove", (event) => event.buttons === 1 && this.go(event));
  }

  ask() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  /** What is seen, in the drawing's own measure. */
  seen() {
    const { width, height } = this.viewport.size();
    const { scale } = this.viewport.view;
    return { ...this.viewport.inDrawing({ x: 0, y: 0 }), width: width / scale, height: height / scale };
  }

  draw() {
    const { canvas, context } = this;
    const shapes = this.store.shapes();
    const seen = this.seen();
    const bounds = boundsOf([...shapes.values(), seen]);
    const scale = Math.min(canvas.width / (bounds.width + 2 * PAD), canvas.height / (bounds.height + 2 * PAD));
    this.from = { scale, x: bounds.x + bounds.width / 2 - canvas.width / 2 / scale, y: bounds.y + bounds.height / 2 - canvas.height / 2 / scale };
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const [id, shape] of shapes) if (!shape.isFrame) this.box(shape, this.colour(id));
    context.strokeStyle = this.colours.of("--tblr-primary");
    context.lineWidth = 1.5;
    const { x, y } = this.onMap(seen);
    context.strokeRect(x, y, seen.width * scale, seen.height * scale);
  }

  box(shape, colour) {
    const { x, y } = this.onMap(shape);
    this.context.fillStyle = colour;
    this.context.fillRect(x, y, Math.max(3, shape.width * this.from.scale), Math.max(2, shape.height * this.from.scale));
  }

  onMap({ x, y }) {
    return { x: (x - this.from.x) * this.from.scale, y: (y - this.from.y) * this.from.scale };
  }

  colour(id) {
    const status = this.live.statusOf(id);
    if (status) return this.colours.of(`--status-${status.toLowerCase()}`);
    return this.store.selected.has(id) ? this.colours.of("--tblr-primary") : this.colours.of("--map-node");
  }

  go(event) {
    if (!this.from) return;
    event.preventDefault();
    const at = { x: event.offsetX / this.from.scale + this.from.x, y: event.offsetY / this.from.scale + this.from.y };
    const { width, height } = this.viewport.size();
    const { scale } = this.viewport.view;
    this.viewport.set({ scale, x: width / 2 - at.x * scale, y: height / 2 - at.y * scale });
  }
}
