// Controls of the panel that know more than text: pickers of credentials, and fields that suggest values.
import { ApiError, send } from "./api.js";
import { make } from "./elements.js";
import { say } from "./texts.js";

/** Shows a reference to a credential; one that is not among the options gets an option that says so. */
export function fillCredential(select, reference) {
  select.querySelector("[data-lost]")?.remove();
  if (!reference) {
    select.value = "";
    return;
  }
  const known = [...select.options].find((each) => each.value && JSON.parse(each.value).id === reference.id);
  select.value = (known ?? lost(select, reference)).value;
}

function lost(select, reference) {
  const text = say("lost_credential", { title: reference.title ?? reference.id });
  const option = make("option", { value: JSON.stringify(reference), text, "data-lost": "" });
  select.append(option);
  return option;
}

/** The reference that is chosen; `undefined` for the default. */
export function readCredential(select) {
  return select.value ? JSON.parse(select.value) : undefined;
}

const asked = new Map(); // address -> promise of its answer

/** Gives the fields that have an address of suggestions a list to choose from; anything else may be typed, too. */
export function suggest(root) {
  for (const field of root.querySelectorAll("[data-suggestions]")) offer(field);
}

async function offer(field) {
  const { default: usual, models, problem } = await ask(field.dataset.suggestions);
  const list = make("datalist", { id: `${field.id}-list` });
  list.append(...models.map((value) => make("option", { value })));
  field.after(list);
  field.setAttribute("list", list.id);
  if (usual && !field.placeholder) field.placeholder = usual;
  if (problem) field.after(make("div", { class: "form-hint", text: say("no_suggestions", { reason: problem }) }));
}

function ask(address) {
  if (!asked.has(address)) asked.set(address, send("GET", address).catch((error) => failed(error, address)));
  return asked.get(address);
}

function failed(error, address) {
  if (!(error instanceof ApiError)) throw error;
  asked.delete(address);
  return { models: [], problem: error.status ? error.message : say("no_server") };
}
