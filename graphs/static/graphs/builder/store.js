// The state of the builder: the drawing with its history, what is selected, what is unfolded. Tells listeners of changes.
import { isMoved, linksByNode } from "./document.js";
import { place } from "./edits.js";
import { History } from "./history.js";
import { placed, shapeOf } from "./shapes.js";

export class Store {
  constructor(drawing, catalogue) {
    this.history = new History(drawing);
    this.catalogue = catalogue;
    this.selected = new Set();
    this.link = null; // the id of the selected link
    this.unfolded = new Set();
    this.problems = [];
    this.listeners = [];
    this.cache = new Map();
  }

  get drawing() {
    return this.history.present;
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  /** `what` is "drawing", "places" (of nodes, and nothing else of the drawing), "selection", "problems" or "live". */
  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  /** Applies an edit; changes with the same key that follow one another are one step of the history. */
  edit(change, key = null) {
    this.history.push(change(this.drawing), key);
    this.clean();
    this.tell("drawing");
  }

  /** Puts nodes elsewhere: an edit that happens in every frame of a drag, so it concerns only those who draw. */
  place(places, key = null) {
    this.history.push(place(this.drawing, places), key);
    this.tell("places");
  }

  undo() {
    this.history.undo();
    this.clean();
    this.tell("drawing");
  }

  redo() {
    this.history.redo();
    this.clean();
    this.tell("drawing");
  }

  /** Forgets what is not there any more. */
  clean() {
    for (const id of this.selected) if (!this.drawing.nodes.has(id)) this.selected.delete(id);
    if (this.link && !this.drawing.links.has(this.link)) this.link = null;
  }

  select(ids, { link = null } = {}) {
    this.selected = new Set(ids);
    this.link = link;
    this.history.seal();
    this.tell("selection");
  }

  toggle(id) {
    const ids = new Set(this.selected);
    if (!ids.delete(id)) ids.add(id);
    this.select(ids);
  }

  /** The one node that is selected, if it is just one. */
  get single() {
    const [id] = this.selected;
    return this.selected.size === 1 ? this.drawing.nodes.get(id) : null;
  }

  unfold(id) {
    if (!this.unfolded.delete(id)) this.unfolded.add(id);
    this.cache.delete(id);
    this.tell("drawing");
  }

  setProblems(problems) {
    this.problems = problems;
    this.tell("problems");
  }

  block(node) {
    return this.catalogue.find(node.block_id);
  }

  /** The shape of a node: the same object as long as nothing has changed, with the same pins while it only moves. */
  shape(id) {
    const node = this.drawing.nodes.get(id);
    const known = this.cache.get(id);
    if (known?.node === node && known.all === this.drawing.links) return known.shape;
    const { into, outOf } = linksByNode(this.drawing);
    const links = ends(into.get(id), "sink_name") + "→" + ends(outOf.get(id), "source_name");
    const shape = known?.links === links && isMoved(known.node, node)
      ? placed(known.shape, node) : shapeOf(this.drawing, node, this.block(node), this.unfolded.has(id));
    this.cache.set(id, { node, links, all: this.drawing.links, shape });
    return shape;
  }

  /** The shapes of these nodes, or of all: a Map by id. */
  shapes(ids = this.drawing.nodes.keys()) {
    return new Map([...ids].map((id) => [id, this.shape(id)]));
  }
}

function ends(links = [], key) {
  return links.map((link) => link[key]).join("|");
}
