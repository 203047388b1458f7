// The variables that a prompt names, below its field: where their values come from, and which have none.
import { linksByNode, titleOf } from "./document.js";
import { make } from "./elements.js";
import { promptVariables } from "./pins.js";
import { brief } from "./values.js";
import { say } from "./texts.js";

/** Shows them at the field of a pin; nothing when its text names none. */
export function showVariables(field, { drawing, node, block, name }) {
  const variables = promptVariables(drawing, node, block, name);
  let list = field.querySelector("[data-variables]");
  if (!variables.length) return list?.remove();
  if (!list) {
    list = make("ul", { class: "prompt-variables", "aria-label": say("variables"), "data-variables": "" });
    field.append(list);
  }
  return list.replaceChildren(...variables.map((each) => entry(drawing, node, each)));
}

function entry(drawing, node, { name, pin, value, isKnown }) {
  const item = make("li", { class: isKnown ? "" : "is-unknown" });
  item.append(make("code", { text: name }), ` ${told(drawing, node, { pin, value, isKnown })}`);
  return item;
}

function told(drawing, node, { pin, value, isKnown }) {
  const link = (linksByNode(drawing).into.get(node.id) ?? []).find((each) => each.sink_name === pin);
  if (link) return say("comes_from", { title: titleOf(drawing.nodes.get(link.source_id)), pin: link.source_name });
  if (value !== undefined) return `= ${brief(value, 30)}`;
  return isKnown ? say("variable_maybe") : say("variable_unknown");
}
