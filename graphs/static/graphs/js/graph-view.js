// <graph-view>: puts node cards in their places, draws the wires between their pins, moves and zooms.
import { boundsOf, boxOf, fit, revealed, wirePath } from "./geometry.js";
import { Culling, LARGE } from "./culling.js";
import { PanZoom } from "./pan-zoom.js";

const STEP = 1.25;

class GraphView extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector(".graph-canvas");
    this.cards = new Map();
    const elements = [...this.querySelectorAll(".node-card")];
    elements.forEach((element) => this.place(element));
    // Measured in a pass of its own: reading between changes is what makes large drawings slow.
    elements.forEach((element) => this.measure(element));
    this.culling = new Culling();
    this.places = [...this.cards.values()].map((card) => [card.element, card]);
    this.wires = new Map();
    for (const wire of this.querySelectorAll(".wire")) this.connect(wire);
    this.panZoom = new PanZoom(this, {
      view: { x: 0, y: 0, scale: 1 },
      onChange: (view) => this.show(view),
      onFit: () => this.fit(),
    });
    this.addEventListener("click", (event) => this.onTool(event.target.closest("[data-zoom]")?.dataset.zoom));
    this.addEventListener("focusin", (event) => this.reveal(event.target.closest(".node-card")));
    this.observer = new ResizeObserver(() => this.onResize());
    this.observer.observe(this);
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  card(nodeId) {
    return this.cards.get(nodeId)?.element;
  }

  wiresFrom(nodeId) {
    return this.wires.get(nodeId) ?? [];
  }

  place(element) {
    element.style.left = `${element.dataset.x}px`;
    element.style.top = `${element.dataset.y}px`;
  }

  measure(element) {
    const pins = { input: new Map(), output: new Map() };
    for (const pin of element.querySelectorAll(".node-pin")) {
      const side = pin.classList.contains("is-input") ? "input" : "output";
      pins[side].set(pin.dataset.pin, pin.offsetTop + pin.offsetHeight / 2);
    }
    this.cards.set(element.dataset.node, {
      element,
      pins,
      x: Number(element.dataset.x),
      y: Number(element.dataset.y),
      width: element.offsetWidth,
      height: element.offsetHeight,
    });
  }

  connect(wire) {
    const { source, sourcePin, sink, sinkPin } = wire.dataset;
    const [from, to] = [this.cards.get(source), this.cards.get(sink)];
    if (!from || !to) return;
    const start = { x: from.x + from.width, y: from.y + (from.pins.output.get(sourcePin) ?? from.height / 2) };
    const end = { x: to.x, y: to.y + (to.pins.input.get(sinkPin) ?? to.height / 2) };
    wire.setAttribute("d", wirePath(start, end));
    this.places.push([wire, boxOf(start, end)]);
    if (!this.wires.has(source)) this.wires.set(source, []);
    this.wires.get(source).push(wire);
  }

  show({ x, y, scale }) {
    this.canvas.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.style.backgroundPosition = `${x}px ${y}px`;
    this.style.backgroundSize = `${20 * scale}px ${20 * scale}px`;
    if (this.cards.size >= LARGE) this.culling.show(this.places, { x, y, scale }, this.frame());
  }

  frame() {
    return { width: this.clientWidth, height: this.clientHeight };
  }

  fit() {
    if (!this.cards.size) return;
    this.panZoom.set(fit(boundsOf([...this.cards.values()]), this.frame()));
  }

  onResize() {
    if (this.clientWidth === this.fittedWidth) return;
    this.fittedWidth = this.clientWidth;
    this.fit();
  }

  reveal(element) {
    if (!element || !element.querySelector(":focus-visible")) return;
    this.scrollTo(0, 0); // browsers scroll to what has the focus; here the view moves instead
    this.panZoom.set(revealed(this.panZoom.view, this.cards.get(element.dataset.node), this.frame()));
  }

  onTool(name) {
    if (name === "fit") this.fit();
    else if (name) this.panZoom.zoom(name === "in" ? STEP : 1 / STEP);
  }
}

customElements.define("graph-view", GraphView);
