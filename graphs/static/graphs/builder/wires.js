// The links, as curves under the cards; each has a broad invisible one that can be hit.
import { curve, distance, pathOf, pinPoint, pointAt } from "./shapes.js";
import { brief } from "./values.js";

const LETTER = 6; // pixels, on the average
const SVG = "http://www.w3.org/2000/svg";

export class Wires {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.drawn = new Map(); // link id -> {group, link, from, to, points}
    this.loose = this.path("wire is-loose");
    store.listen((what) => this.changed(what));
  }

  path(name) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    return path;
  }

  changed(what) {
    if (what === "drawing" || what === "places") this.render();
    if (what === "drawing" || what === "selection") this.showSelection();
  }

  showSelection() {
    const { link } = this.store;
    if (link !== this.selected) this.drawn.get(this.selected)?.group.classList.remove("is-selected");
    this.drawn.get(link)?.group.classList.add("is-selected");
    this.selected = link;
  }

  render() {
    const { drawing } = this.store;
    for (const [id, { group }] of this.drawn) if (!drawing.links.has(id)) this.drop(id, group);
    for (const link of drawing.links.values()) {
      if (!drawing.nodes.has(link.source_id) || !drawing.nodes.has(link.sink_id)) continue;
      this.draw(link);
    }
  }

  drop(id, group) {
    group.remove();
    this.drawn.delete(id);
  }

  draw(link) {
    const [from, to] = [this.store.shape(link.source_id), this.store.shape(link.sink_id)];
    const last = this.drawn.get(link.id);
    if (last?.link === link && last.from === from && last.to === to) return;
    const points = curve(pinPoint(from, "outputs", link.source_name), pinPoint(to, "inputs", link.sink_name));
    const group = last?.group ?? this.make(link);
    if (last?.link !== link || last.from.outputs !== from.outputs) this.colour(group, link, from);
    const d = pathOf(points);
    for (const path of group.getElementsByTagName("path")) path.setAttribute("d", d);
    this.drawn.set(link.id, { group, link, from, to, points });
    this.placeValue(group, points);
  }

  colour(group, link, from) {
    const pin = from.outputs.find((each) => each.name === link.source_name);
    group.dataset.kind = pin?.kind ?? "any";
    group.toggleAttribute("data-static", Boolean(pin?.isStatic));
  }

  make(link) {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "wire-group");
    group.dataset.link = link.id;
    group.append(this.path("wire"), this.path("wire-hit"));
    this.root.append(group);
    return group;
  }

  placeValue(group, points) {
    const text = group.querySelector("text");
    if (!text) return;
    const middle = pointAt(points, 0.5);
    text.setAttribute("x", middle.x);
    text.setAttribute("y", middle.y - 6);
    const room = Math.floor((points[3].x - points[0].x - 24) / LETTER);
    text.textContent = room < 4 ? "" : brief(text.dataset.value, room);
  }

  /** Shows what went along the links of a pin; nothing takes the texts away. */
  showValue(nodeId, pin, text) {
    for (const { group, link, points } of this.drawn.values()) {
      if (link.source_id !== nodeId || (pin !== null && link.source_name !== pin)) continue;
      group.querySelector("text")?.remove();
      if (!text) continue;
      const label = document.createElementNS(SVG, "text");
      label.setAttribute("class", "wire-value");
      label.dataset.value = text;
      group.append(label);
      this.placeValue(group, points);
    }
  }

  /** Marks the links that leave a node while it is at work. */
  setActive(nodeId, isActive) {
    for (const { group, link } of this.drawn.values()) {
      if (link.source_id === nodeId) group.classList.toggle("is-active", isActive);
    }
  }

  /** The link that passes near a point, if there is one. */
  near(point, most) {
    let [best, least] = [null, most];
    for (const { link, points } of this.drawn.values()) {
      const far = distance(points, point);
      if (far < least) [best, least] = [link, far];
    }
    return best;
  }

  middle(id) {
    const drawn = this.drawn.get(id);
    return drawn ? pointAt(drawn.points, 0.5) : null;
  }

  /** Draws the link that somebody is pulling; without arguments it is gone. */
  pull(from = null, to = null, kind = "any") {
    if (!from) return this.loose.remove();
    this.loose.setAttribute("d", pathOf(curve(from, to)));
    this.loose.dataset.kind = kind;
    return this.root.append(this.loose);
  }
}
