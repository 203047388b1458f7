// <builder-run>: runs the graph of the builder and shows on its drawing how the nodes stand.
import { say } from "../../graphs/builder/texts.js";
import { LiveSocket } from "./live-socket.js";
import { Pace } from "./pace.js";

const REFRESH_MS = 300;
const POLL_MS = 2000;
const STREAM_SHOWN = 48;

class BuilderRun extends HTMLElement {
  connectedCallback() {
    this.builder = this.closest("graph-builder");
    this.pace = new Pace(() => this.refresh(), { every: REFRESH_MS });
    this.badge = this.querySelector("[data-run-status]");
    this.startButton = this.querySelector("[data-run-start]");
    this.stopButton = this.querySelector("[data-run-stop]");
    this.labels = new Map([...this.querySelectorAll("[data-legend] [data-status]")]
      .map((each) => [each.dataset.status, each.textContent.trim()]));
    this.startButton.addEventListener("click", () => this.start());
    this.stopButton.addEventListener("click", () => this.stop());
    this.builder.addEventListener("htmx:confirm", (event) => this.beforeStart(event));
    this.builder.addEventListener("htmx:configRequest", (event) => this.atVersion(event));
    this.builder.addEventListener("run-started", (event) => this.watch(event.detail.id));
    this.startButton.disabled = false;
  }

  disconnectedCallback() {
    this.leave();
  }

  get form() {
    const { panel } = this.builder;
    return panel.isRunning ? panel.parts.run.querySelector("form") : null;
  }

  /** The first thing that the run asks for; presets are not asked for. */
  get firstField() {
    return this.form?.querySelector("input:not([type=hidden], [name=preset_name]), select:not([name=preset]), textarea");
  }

  get address() {
    if (this.excerpt) return `${this.excerpt}&builder`;
    return `${this.dataset.start}?version=${this.builder.drafts.version}&builder`;
  }

  /** Asks for the inputs if there are any; with the form open already, starts the run. */
  async start() {
    if ((this.excerpt || !this.form) && !(await this.openForm())) return;
    if (!this.form) return;
    const first = this.firstField;
    if (first && this.isFresh) first.focus();
    else this.form.requestSubmit();
    this.isFresh = false;
  }

  /** The form for a part of the graph, seen from a node: that node, what is before it, or what comes after. */
  async tryPart(node, part) {
    const answer = await fetch(this.dataset.try, {
      method: "POST",
      headers: JSON.parse(document.body.getAttribute("hx-headers")),
      body: new URLSearchParams({ node, part }),
    });
    const { address, reason } = answer.headers.get("Content-Type").includes("json") ? await answer.json() : {};
    if (!address) {
      this.builder.tell(reason ?? say("no_server"));
      return;
    }
    this.excerpt = address;
    await this.showForm();
    if (this.firstField) this.firstField.focus();
    else this.form?.requestSubmit();
  }

  /** What runs is a version, so what has changed becomes one first. */
  async openForm() {
    this.excerpt = null;
    if (!(await this.builder.saving.ensure())) return false;
    await this.showForm();
    this.isFresh = true;
    return true;
  }

  async showForm() {
    const place = this.builder.panel.showRun().querySelector("[data-run-form]");
    place.replaceChildren(); // nobody shall start the run of the former form
    await window.htmx.ajax("GET", this.address, { target: place });
    window.htmx.process(place); // else a form that is sent at once would be sent without it
  }

  isOurs(element) {
    return element.id === "run-form" && this.builder.panel.parts.run.contains(element);
  }

  beforeStart(event) {
    if (!this.isOurs(event.target) || this.excerpt) return;
    event.preventDefault();
    this.builder.saving.ensure().then((isSaved) => isSaved && event.detail.issueRequest(true));
  }

  atVersion(event) {
    if (this.isOurs(event.target)) event.detail.path = this.address;
  }

  stop() {
    window.htmx.ajax("POST", `${this.dataset.runs}${this.id_}/stop/`, { source: this, swap: "none" });
    this.pace.ask();
  }

  watch(id) {
    this.leave();
    this.id_ = id;
    this.seq = 0;
    this.streams = new Map();
    this.builder.live.clear();
    this.builder.panel.parts.run.querySelector("[data-run-results]").replaceChildren();
    this.badge.href = `${this.dataset.runs}${id}/`;
    this.show("QUEUED", this.labels.get("QUEUED"));
    this.stopButton.disabled = false;
    const { protocol, host } = window.location;
    this.socket = new LiveSocket({
      address: `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/`,
      greeting: () => ({
        method: "subscribe_graph_execution", data: { graph_exec_id: id, after_seq: this.seq, batch: true },
      }),
      onMessage: (message) => this.receive(message),
      onUp: () => this.poll(false),
      onDown: () => this.poll(true),
    });
  }

  leave() {
    this.poll(false);
    this.socket?.close();
    this.socket = null;
  }

  /** Without a socket it asks again and again. */
  poll(isOn) {
    clearInterval(this.poller);
    if (isOn) this.poller = setInterval(() => this.pace.ask(), POLL_MS);
  }

  receive({ method, data }) {
    if (method === "execution_events") data.events.forEach((event) => this.apply(event));
    if (method === "node_stream") this.stream(data);
  }

  apply({ seq, kind, data }) {
    if (seq <= this.seq) return;
    this.seq = seq;
    if (kind === "nodes") data.nodes.forEach(({ node_id: id, status }) => this.paint(id, status));
    if (kind === "execution") this.show(data.status, this.labels.get(data.status));
    this.pace.ask();
  }

  paint(id, status) {
    this.builder.live.set(id, { status, label: this.labels.get(status) ?? status });
  }

  stream({ node_id: id, text }) {
    const all = (this.streams.get(id) ?? "") + text;
    this.streams.set(id, all);
    this.builder.live.stream(id, all.replace(/\s+/g, " ").slice(-STREAM_SHOWN));
  }

  show(status, label) {
    this.badge.hidden = false;
    this.badge.dataset.status = status;
    if (this.badge.textContent !== label) this.badge.textContent = label;
  }

  showResults(id) {
    const place = this.builder.panel.parts.run.querySelector("[data-run-results]");
    window.htmx.ajax("GET", `${this.dataset.runs}${id}/results/`, { target: place });
  }

  /** What events do not tell: counts, values, errors, and the end of it. */
  async refresh() {
    const id = this.id_;
    const answer = await fetch(`${this.dataset.runs}${id}/previews/`);
    if (!answer.ok || id !== this.id_) return;
    const run = await answer.json();
    for (const [node, state] of Object.entries(run.nodes)) this.builder.live.set(node, state);
    this.show(run.status, run.label);
    this.badge.title = run.error;
    this.builder.panel.form?.showLastValues();
    if (!run.has_ended) return;
    this.stopButton.disabled = true;
    this.leave();
    this.showResults(id);
  }
}

customElements.define("builder-run", BuilderRun);
