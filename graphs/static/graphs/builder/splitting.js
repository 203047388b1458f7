// Makes a graph of its own from what is selected: asks for its name, saves it, and puts a node that runs it in their place.
import { ApiError, send } from "./api.js";
import { answerOf, find } from "./elements.js";
import { cutsTools, extracted, movable, nameFor, replaced } from "./subgraph.js";
import { say } from "./texts.js";

export class Splitting {
  constructor({ root, store, actions, tell }) {
    Object.assign(this, { root, store, actions, tell });
    this.dialog = root.querySelector('[data-dialog="subgraph"]');
  }

  async ask() {
    const { drawing, catalogue, selected } = this.store;
    const inside = movable(drawing, catalogue, selected);
    if (!inside.size) return this.tell(say("subgraph_empty"));
    if (cutsTools(drawing, inside)) return this.tell(say("subgraph_tools"));
    const field = find(this.dialog, "subgraph-name");
    field.value = nameFor(drawing, inside);
    if ((await answerOf(this.dialog)) !== "make") return undefined;
    return this.split(inside, field.value.trim() || say("no_name"));
  }

  async split(inside, name) {
    const { drawing, catalogue } = this.store;
    const part = extracted(drawing, catalogue, inside, name);
    const graph = await this.saved(part.document);
    if (!graph) return;
    const { drawing: after, id } = replaced(drawing, inside, part, graph);
    this.store.edit(() => after);
    this.actions.goTo(id);
    this.tell(say("subgraph_made", { name }));
  }

  /** The new graph as the server has it; null when it was refused. */
  async saved(document) {
    this.root.inert = true; // what was changed meanwhile would be lost
    try {
      return await send("POST", "/api/graphs", document);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.tell(error.status ? say("subgraph_refused", { reason: error.message }) : say("no_server"));
      return null;
    } finally {
      this.root.inert = false;
    }
  }
}
