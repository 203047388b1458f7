// What can be done to the drawing, however it is asked for: by a button, a key or a gesture.
import * as clipboard from "./clipboard.js";
import { linksByNode, titleOf } from "./document.js";
import * as edits from "./edits.js";
import { frameAround, frameOf, refitted, withContents } from "./frames.js";
import { arrange } from "./layout.js";
import { free, newNode } from "./new-node.js";
import { aligned, freePlace, nextTo, snap, WIDTH } from "./shapes.js";
import { announce, say } from "./texts.js";
import { bestPin, planLink } from "./types.js";
import { boundsOf } from "../js/geometry.js";

const DROP_DISTANCE = 26;
const HEAD_MIDDLE = 26;

export class Actions {
  constructor({ store, viewport, cards, wires, picker }) {
    Object.assign(this, { store, viewport, cards, wires, picker });
  }

  nodeFor(blockId, at) {
    return newNode(this.store, blockId, at);
  }

  /** Adds a block where there is room: beside what is selected, else in the middle of the view. */
  add(blockId) {
    const { single } = this.store;
    const beside = single && this.store.shape(single.id);
    const middle = this.viewport.inDrawing(this.viewport.middleOfFrame());
    const wanted = beside ? { x: beside.x + beside.width + 90, y: beside.y } : { x: middle.x - WIDTH / 2, y: middle.y - 90 };
    this.put(this.nodeFor(blockId, freePlace([...this.store.shapes().values()], wanted)));
  }

  /** Adds a block under the pointer; on a link it is put into the link. */
  addAt(blockId, event) {
    const at = this.viewport.at(event);
    const node = this.nodeFor(blockId, { x: snap(at.x - WIDTH / 2), y: snap(at.y - HEAD_MIDDLE) });
    const link = this.wires.near(at, DROP_DISTANCE);
    const ends = link && this.endsIn(link, this.store.catalogue.find(blockId));
    this.put(node, ends ? (drawing) => edits.insertOnLink(drawing, link.id, node, ends) : undefined);
  }

  /** Adds a block at the loose end of a link. */
  addLinked(blockId, at, { from, pin }) {
    const isAfter = from.side === "outputs";
    const node = this.nodeFor(blockId, { x: snap(isAfter ? at.x : at.x - WIDTH), y: snap(at.y - 80) });
    const to = { node: node.id, pin };
    const [output, input] = isAfter ? [from, to] : [to, from];
    this.put(node, (drawing) => {
      const next = edits.addNode(drawing, node);
      const plan = planLink(next, this.store.catalogue, output, input);
      return plan.ends ? edits.addLink(next, plan.ends) : next;
    });
  }

  put(node, change = (drawing) => edits.addNode(drawing, node)) {
    this.store.edit(change);
    this.goTo(node.id);
    announce(say("added", { title: titleOf(node) }));
  }

  /** Selects a node, shows it and gives it the focus. */
  goTo(id) {
    if (!this.store.drawing.nodes.has(id)) return;
    this.store.select([id]);
    this.viewport.reveal(this.store.shape(id));
    this.cards.element(id).focus({ preventScroll: true });
  }

  /** Goes to the next card in a direction, from nowhere to the first one. */
  walk(direction) {
    const { drawing, single } = this.store;
    const [first] = drawing.nodes.keys();
    this.goTo(single ? nextTo(this.store.shapes(), single.id, direction) : first);
  }

  /** The pins by which a block can be put into a link, or null. */
  endsIn(link, block) {
    const kindOf = (id, side, name) => this.store.shape(id)[side].find((pin) => pin.name === name)?.kind ?? "any";
    const input = bestPin(block, "inputs", kindOf(link.source_id, "outputs", link.source_name));
    const output = bestPin(block, "outputs", kindOf(link.sink_id, "inputs", link.sink_name));
    return input && output && block.kind !== "note" ? { input: input.name, output: output.name } : null;
  }

  /** A card was dropped: on a link it is put into it, if it has none of its own. */
  dropOnLink(id, key) {
    const { drawing } = this.store;
    const { into, outOf } = linksByNode(drawing);
    const shape = this.store.shape(id);
    const link = !into.get(id) && !outOf.get(id) && this.wires.near({ x: shape.x + WIDTH / 2, y: shape.y + HEAD_MIDDLE }, DROP_DISTANCE);
    const node = drawing.nodes.get(id);
    const block = this.store.block(node);
    const ends = link && block && this.endsIn(link, block);
    if (ends) this.store.edit((each) => edits.insertOnLink(each, link.id, node, ends), key);
    this.store.history.seal();
  }

  insertOn(linkId, event) {
    const link = this.store.drawing.links.get(linkId);
    const middle = this.wires.middle(linkId);
    this.picker.open({
      event,
      fits: (block) => this.endsIn(link, block) !== null,
      onPick: (block) => {
        const place = freePlace([...this.store.shapes().values()], { x: middle.x - WIDTH / 2, y: middle.y - 80 });
        const node = this.nodeFor(block.id, place);
        this.put(node, (drawing) => edits.insertOnLink(drawing, linkId, node, this.endsIn(link, block)));
      },
    });
  }

  /** Asks which block to add where somebody has clicked twice. */
  offer(event) {
    this.picker.open({ event, onPick: (block) => this.addAt(block.id, event) });
  }

  note() {
    this.add("note_block");
  }

  undo() {
    this.store.undo();
    announce(say("undone"));
  }

  redo() {
    this.store.redo();
    announce(say("redone"));
  }

  remove() {
    const { selected, link } = this.store;
    if (!selected.size && !link) return;
    const count = selected.size;
    this.store.edit((drawing) => edits.remove(drawing, { nodes: [...selected], links: link ? [link] : [] }));
    this.store.select([]);
    announce(count ? say("removed", { n: count }) : say("unlinked"));
    this.viewport.frame.focus({ preventScroll: true });
  }

  selectAll() {
    this.store.select(this.store.drawing.nodes.keys());
  }

  nudge(dx, dy) {
    this.store.edit((drawing) => edits.move(drawing, this.carried(), dx, dy), `nudge ${[...this.store.selected]}`);
  }

  /** What moves when the selection does: frames take along what lies inside. */
  carried() {
    return withContents(this.store.drawing, this.store.selected, this.store.shapes());
  }

  /** Puts a frame around what is selected. */
  group() {
    const { store } = this;
    if (!store.selected.size) return;
    const { position, frame } = frameAround([...store.shapes(store.selected).values()]);
    const node = this.nodeFor("note_block", position);
    const title = free(say("frame"), new Set([...store.drawing.nodes.values()].map(titleOf)), " ");
    this.put({ ...node, metadata: { ...node.metadata, title, frame } });
  }

  align(edge) {
    const shapes = this.store.shapes(this.store.selected);
    this.store.edit((drawing) => edits.place(drawing, aligned(shapes, edge, boundsOf([...shapes.values()]))));
  }

  async layout() {
    const { drawing, selected } = this.store;
    const chosen = selected.size > 1 ? [...selected] : [...drawing.nodes.keys()];
    const shapes = this.store.shapes(chosen.filter((id) => !frameOf(drawing.nodes.get(id))));
    if (!shapes.size) return;
    const box = boundsOf([...shapes.values()]);
    const arranged = await arrange(shapes, drawing.links.values());
    const places = new Map([...arranged].map(([id, { x, y }]) => [id, { x: x + snap(box.x), y: y + snap(box.y) }]));
    const frames = refitted(this.store.drawing, this.store.shapes(), places);
    this.store.edit((each) => edits.reframe(edits.place(each, places), frames));
    this.fit();
    announce(say("arranged"));
  }

  text() {
    return clipboard.copy(this.store.drawing, this.store.selected);
  }

  async copy() {
    if (!this.store.selected.size) return;
    await navigator.clipboard?.writeText(this.text());
    announce(say("copied", { n: this.store.selected.size }));
  }

  paste(text, at = null) {
    const piece = clipboard.parse(text);
    if (!piece) return announce(say("no_piece"));
    const fresh = clipboard.renewed(this.store.drawing, piece, at);
    this.store.edit((drawing) => edits.insert(drawing, fresh));
    this.store.select(fresh.nodes.map((node) => node.id));
    return announce(say("pasted", { n: fresh.nodes.length }));
  }

  duplicate() {
    if (this.store.selected.size) this.paste(this.text());
  }

  fit() {
    this.viewport.fit([...this.store.shapes().values()]);
  }

  zoomIn() {
    this.viewport.zoomIn();
  }

  zoomOut() {
    this.viewport.zoomOut();
  }
}
