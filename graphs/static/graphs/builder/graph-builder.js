// <graph-builder>: the visual builder. Puts its parts together; each of them knows only the store and what it is given.
import { Actions } from "./actions.js";
import { Cards } from "./cards.js";
import { Catalogue } from "./catalogue.js";
import { fromJson, isSame, positionOf } from "./document.js";
import { Drafts } from "./drafts.js";
import { place } from "./edits.js";
import { find } from "./elements.js";
import { Far } from "./far.js";
import { Gestures } from "./gestures.js";
import { Keyboard } from "./keyboard.js";
import { arrange } from "./layout.js";
import { Linking } from "./linking.js";
import { Live } from "./live.js";
import { Minimap } from "./minimap.js";
import { Palette } from "./palette.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { Problems } from "./problems.js";
import { Recovery } from "./recovery.js";
import { Saving } from "./saving.js";
import { Sketch } from "./sketch.js";
import { Splitting } from "./splitting.js";
import { Store } from "./store.js";
import { say } from "./texts.js";
import { Tour } from "./tour.js";
import { Viewport } from "./viewport.js";
import { Wires } from "./wires.js";

const TOLD_MS = 4000;

class GraphBuilder extends HTMLElement {
  async connectedCallback() {
    const start = JSON.parse(document.getElementById("builder-start").textContent);
    const catalogue = await Catalogue.load(start.addresses.catalogue);
    const drawing = await placed(fromJson(start.document), catalogue);
    this.store = new Store(drawing, catalogue);
    this.frame = find(this, "flow");
    this.makeCanvas(catalogue);
    this.makeSides(start, catalogue);
    this.makeKeeping(start, start.saved ? fromJson(start.saved) : drawing);
    this.addEventListener("click", (event) => this.click(event));
    this.store.listen((what) => what !== "live" && this.show(what));
    this.store.setProblems(start.problems);
    this.store.tell("drawing");
    this.actions.fit();
    this.show("drawing");
    this.tour = new Tour(find(this, "tour"), this);
    this.setAttribute("ready", "");
  }

  makeCanvas(catalogue) {
    const { store, frame } = this;
    this.viewport = new Viewport(frame);
    this.cards = new Cards(find(this, "cards"), store);
    this.wires = new Wires(find(this, "wires"), store);
    this.live = new Live(this);
    this.sketch = new Sketch(find(this, "sketch"), this);
    this.far = new Far(this);
    this.picker = new Picker(find(this, "picker"), { frame, catalogue });
    this.actions = new Actions(this);
    this.linking = new Linking({ ...this.parts(), hint: find(this, "hint") });
    this.gestures = new Gestures({ ...this.parts(), linking: this.linking, marquee: find(this, "marquee") });
    this.minimap = new Minimap(find(this, "map"), this);
    this.wireTools = find(this, "wire-tools"); // kept: looking for it among all cards takes 2 ms
    this.viewport.listen(() => this.placeWireTools());
  }

  parts() {
    const { frame, store, viewport, wires, picker, actions } = this;
    return { frame, store, viewport, wires, picker, actions };
  }

  makeSides(start, catalogue) {
    const { store, actions, frame } = this;
    this.palette = new Palette(find(this, "palette"), { frame, catalogue, actions });
    this.panel = new Panel(find(this, "panel"), { store, actions, start });
    this.problems = new Problems(find(this, "problems"), { store, onGo: (id, field) => this.goTo(id, field) });
    this.keyboard = new Keyboard({ ...this.parts(), linking: this.linking, panel: this.panel, doThis: (name) => this.doThis(name) });
  }

  makeKeeping(start, saved) {
    const { store } = this;
    this.drafts = new Drafts({
      store, start, saved,
      onState: (state) => this.stateChanged(state),
      onConflict: () => this.recovery.notice("conflict"),
    });
    this.recovery = new Recovery({ root: this, store, drafts: this.drafts, start });
    this.saving = new Saving({
      root: this, store, drafts: this.drafts, start, tell: (text) => this.tell(text),
      onSaved: () => this.recovery.settled(),
    });
    this.splitting = new Splitting({ root: this, store, actions: this.actions, tell: (text) => this.saving.say(text) });
    this.showState(isSame(store.drawing, saved) ? "saved" : "kept");
    this.recovery.begin();
  }

  goTo(id, field) {
    this.actions.goTo(id);
    this.panel.focus(field);
  }

  show(what) {
    const { store } = this;
    this.querySelector('[data-do="undo"]').disabled = !store.history.canUndo;
    this.querySelector('[data-do="redo"]').disabled = !store.history.canRedo;
    if (what !== "problems") this.placeWireTools();
    if (what === "places") return;
    find(this, "name").textContent = store.drawing.name || say("no_name");
    find(this, "empty").hidden = store.drawing.nodes.size > 0;
  }

  placeWireTools() {
    const tools = this.wireTools;
    const middle = this.store.link && this.wires.middle(this.store.link);
    tools.hidden = !middle;
    if (!middle) return;
    const { x, y } = this.viewport.inFrame(middle);
    tools.style.transform = `translate(${x}px, ${y}px)`;
  }

  stateChanged(state) {
    this.showState(state);
    if (["kept", "saved"].includes(state)) this.dispatchEvent(new CustomEvent("drafted")); // the estimate is made anew
  }

  showState(state) {
    const place = find(this, "state");
    place.dataset.draft = state;
    const text = say(`state_${state}`, { n: this.drafts.version });
    if (place.textContent !== text) place.textContent = text;
  }

  /** Says something in the bar for a moment. */
  tell(text) {
    find(this, "state").textContent = text;
    clearTimeout(this.told);
    this.told = setTimeout(() => this.showState(this.drafts.isDirty ? "kept" : "saved"), TOLD_MS);
  }

  click(event) {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (name) this.doThis(name);
    const wire = event.target.closest("[data-wire]")?.dataset.wire;
    if (wire === "insert") this.actions.insertOn(this.store.link, event);
    if (wire === "delete") this.actions.remove();
    const nodes = event.target.closest("[data-select-nodes]")?.dataset.selectNodes;
    if (nodes) this.store.select(JSON.parse(nodes));
    const preview = event.target.closest("[data-open-pin]");
    if (preview) this.goTo(preview.closest("[data-node]").dataset.node, preview.dataset.openPin);
    const failed = event.target.closest("[data-error]");
    if (failed) this.goTo(failed.closest("[data-node]").dataset.node);
  }

  doThis(name) {
    const here = {
      save: () => this.saving.save(),
      message: () => this.saving.withMessage(),
      subgraph: () => this.splitting.ask(),
      run: () => this.querySelector("builder-run").start(),
      tryNode: () => this.tryPart("node"),
      tryBefore: () => this.tryPart("before"),
      tryAfter: () => this.tryPart("after"),
      search: () => this.search(),
      palette: () => this.search(),
      details: () => this.panel.focus(),
      keys: () => this.querySelector('[data-dialog="keys"]').showModal(),
      tour: () => this.tour.begin(),
      marquee: () => this.toggleMarquee(),
    };
    const act = here[name] ?? this.recovery.actions[name] ?? (() => this.actions[name]());
    return act();
  }

  /** Runs a part of what is drawn, seen from the selected node; no version is made. */
  async tryPart(part) {
    const { single } = this.store;
    if (!single || !(await this.drafts.flush())) return;
    await this.querySelector("builder-run").tryPart(single.id, part);
  }

  search() {
    find(this, "palette").classList.toggle("is-open", true);
    this.palette.search.focus();
    this.palette.search.select();
  }

  toggleMarquee() {
    const isOn = this.frame.dataset.mode !== "marquee";
    this.frame.dataset.mode = isOn ? "marquee" : "";
    this.querySelector('[data-do="marquee"]').setAttribute("aria-pressed", String(isOn));
  }
}

/** The drawing with places for the nodes that have none; if none has one, they are laid out. */
async function placed(drawing, catalogue) {
  const homeless = [...drawing.nodes.values()].filter((node) => !positionOf(node));
  if (!homeless.length) return drawing;
  const shapes = new Store(drawing, catalogue).shapes();
  const places = await arrange(shapes, drawing.links.values());
  const bottom = Math.max(0, ...[...shapes].filter(([id]) => positionOf(drawing.nodes.get(id))).map(([, { y, height }]) => y + height + 80));
  return place(drawing, new Map(homeless.map(({ id }) => [id, { x: places.get(id).x, y: places.get(id).y + bottom }])));
}

customElements.define("graph-builder", GraphBuilder);
