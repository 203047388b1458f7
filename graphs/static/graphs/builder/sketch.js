// The drawing as one picture, for when so much of a large one is seen that browsers could not move its cards smoothly.
// At rest the cards are below it and can be clicked and reached by Tab; they are only not painted.
import { titleOf } from "./document.js";
import { Colours } from "./colours.js";
import { pinPoint } from "./shapes.js";

const LETTERS = 40; // pixels of the drawing
const READABLE = 0.08; // the scale below which titles are left out
const EDGE = 16;

export class Sketch {
  constructor(canvas, { store, viewport, live }) {
    Object.assign(this, { canvas, store, viewport, live });
    this.context = canvas.getContext("2d");
    this.colours = new Colours(canvas.parentElement, () => this.ask());
    store.listen(() => this.ask());
    viewport.listen(() => this.ask());
  }

  get isOn() {
    return !this.canvas.hidden;
  }

  show(isOn) {
    if (this.isOn === isOn) return;
    this.canvas.hidden = !isOn;
    this.ask();
  }

  ask() {
    if (!this.isOn) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { canvas, context, viewport } = this;
    const { width, height } = viewport.size();
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== width * dense || canvas.height !== height * dense) {
      [canvas.width, canvas.height] = [width * dense, height * dense];
    }
    const { x, y, scale } = viewport.view;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale * dense, 0, 0, scale * dense, x * dense, y * dense);
    const shapes = this.store.shapes();
    this.links(shapes);
    for (const [id, shape] of shapes) if (shape.isFrame) this.outline(id, shape, scale);
    for (const [id, shape] of shapes) if (!shape.isFrame) this.card(id, shape, scale);
  }

  links(shapes) {
    const { context } = this;
    context.strokeStyle = this.colours.of("--kind-any");
    context.lineWidth = 6;
    context.beginPath();
    for (const link of this.store.drawing.links.values()) {
      const [source, sink] = [shapes.get(link.source_id), shapes.get(link.sink_id)];
      if (!source || !sink) continue;
      const [from, to] = [pinPoint(source, "outputs", link.source_name), pinPoint(sink, "inputs", link.sink_name)];
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    }
    context.stroke();
  }

  card(id, { x, y, width, height }, scale) {
    const { context, colours } = this;
    const status = this.live.statusOf(id);
    context.fillStyle = colours.of("--surface");
    context.fillRect(x, y, width, height);
    context.lineWidth = EDGE / 4;
    context.strokeStyle = colours.of("--map-node");
    context.strokeRect(x, y, width, height);
    const { category = "" } = this.store.block(this.store.drawing.nodes.get(id)) ?? {};
    context.fillStyle = status ? colours.of(`--status-${status.toLowerCase()}`) : colours.of("--category", category);
    context.fillRect(x, y, width, EDGE);
    if (this.store.selected.has(id)) {
      context.strokeStyle = colours.of("--tblr-primary");
      context.lineWidth = EDGE;
      context.strokeRect(x, y, width, height);
    }
    this.title(id, { x, y, width }, scale);
  }

  outline(id, shape, scale) {
    const { context, colours } = this;
    context.lineWidth = EDGE / 2;
    context.strokeStyle = colours.of(this.store.selected.has(id) ? "--tblr-primary" : "--map-node");
    context.strokeRect(shape.x, shape.y, shape.width, shape.height);
    this.title(id, shape, scale);
  }

  title(id, { x, y, width }, scale) {
    const { context, colours } = this;
    if (scale < READABLE) return;
    context.fillStyle = colours.of("--tblr-body-color");
    context.font = `600 ${LETTERS}px sans-serif`;
    context.fillText(titleOf(this.store.drawing.nodes.get(id)), x + EDGE, y + EDGE + 1.2 * LETTERS, width - 2 * EDGE);
  }
}
