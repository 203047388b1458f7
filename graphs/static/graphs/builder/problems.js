// What keeps the graph from being saved or run; each entry leads to its node.
import { titleOf } from "./document.js";
import { find, make } from "./elements.js";
import { say } from "./texts.js";

export class Problems {
  constructor(root, { store, onGo }) {
    Object.assign(this, { root, store, onGo });
    this.list = find(root, "problems-list");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) onGo(button.dataset.problemNode, button.dataset.problemField);
    });
    store.listen((what) => ["drawing", "problems"].includes(what) && this.show());
  }

  show() {
    const { problems, drawing } = this.store;
    if (this.shown === problems && this.nodes === drawing.nodes) return;
    [this.shown, this.nodes] = [problems, drawing.nodes];
    find(this.root, "problems-none").hidden = problems.length > 0;
    find(this.root, "problems-some").hidden = problems.length === 0;
    const count = find(this.root, "problems-count");
    const text = problems.length === 1 ? say("one_problem") : say("problems", { n: problems.length });
    if (problems.length && count.textContent !== text) count.textContent = text;
    this.list.replaceChildren(...problems.map((each) => this.entry(each)));
  }

  entry({ node_id: id, field, message: told, is_warning: isWarning }) {
    const message = isWarning ? say("warning", { message: told }) : told;
    const node = this.store.drawing.nodes.get(id);
    const entry = make("li");
    if (!node) {
      entry.textContent = message;
      return entry;
    }
    const button = make("button", { type: "button", "data-problem-node": id, "data-problem-field": field });
    button.append(make("strong", { text: titleOf(node) }), ` ${message}`);
    entry.append(button);
    return entry;
  }
}
