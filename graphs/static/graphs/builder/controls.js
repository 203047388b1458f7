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
  const picker = root.querySelector("[data-credential]");
  for (const field of root.querySelectorAll("[data-suggestions]")) {
    const list = make("datalist", { id: `${field.id}-list` });
    const hint = make("div", { class: "form-hint", hidden: "" });
    field.after(list, hint);
    field.setAttribute("list", list.id);
    const place = { field, list, hint, picker, placeholder: field.placeholder };
    offer(place);
    picker?.addEventListener("change", () => offer(place));
  }
}

/** Offers what the chosen credential's provider has, else what this installation has. */
async function offer({ field, list, hint, picker, placeholder }) {
  const credential = picker && readCredential(picker);
  const address = credential ? `/api/credentials/${credential.id}/models` : field.dataset.suggestions;
  const { default: usual, models, problem } = await ask(address);
  if ((picker && readCredential(picker)?.id) !== credential?.id) return;
  list.replaceChildren(...models.map((value) => make("option", { value })));
  field.placeholder = placeholder || (usual ?? "");
  hint.hidden = !problem;
  hint.textContent = problem ? say("no_suggestions", { reason: problem }) : "";
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
