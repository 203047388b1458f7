// The field of a pin on a card: for what fits on one line. Longer values are shown, and edited in the panel.
import { make } from "./elements.js";
import { say } from "./texts.js";
import { brief, isOneLine, read, write } from "./values.js";

const HIDDEN = "•••";
const FIELDS = new Set(["text", "number", "boolean", "any"]);

/** The element for a pin that no link feeds, or null. `isSecret` hides the value. */
export function fieldOf(pin, { isSecret }) {
  if (pin.linked || pin.kind === "error") return null;
  if (isSecret) return pin.value === undefined ? null : make("span", { class: "pin-preview", text: HIDDEN });
  if (!FIELDS.has(pin.kind) || !isOneLine(pin.value)) return preview(pin);
  if (pin.choices) return choice(pin);
  return pin.kind === "boolean" ? checkbox(pin) : line(pin);
}

function named(element, pin) {
  element.setAttribute("aria-label", pin.name);
  element.dataset.inline = pin.name;
  return element;
}

function preview(pin) {
  if (pin.value === undefined) return null;
  const button = make("button", { class: "pin-preview", type: "button", text: brief(pin.value, 40) });
  button.dataset.openPin = pin.name;
  button.setAttribute("aria-label", say("edit_pin", { pin: pin.name }));
  return button;
}

function choice(pin) {
  const select = named(make("select", { class: "pin-input" }), pin);
  const options = pin.required ? pin.choices : ["", ...pin.choices];
  for (const each of options) select.append(make("option", { value: String(each), text: String(each) }));
  select.value = String(pin.value ?? pin.default ?? "");
  return select;
}

function checkbox(pin) {
  const box = named(make("input", { class: "form-check-input", type: "checkbox" }), pin);
  box.checked = Boolean(pin.value ?? pin.default);
  return box;
}

function line(pin) {
  const input = named(make("input", { class: "pin-input", type: "text", autocomplete: "off", spellcheck: "false" }), pin);
  if (pin.kind === "number") input.inputMode = "decimal";
  input.value = write(pin.kind, pin.value);
  input.placeholder = pin.default === undefined ? "" : brief(pin.default, 30);
  return input;
}

/** What the field says now: a value for the pin, `undefined` for none. */
export function valueOf(field, pin) {
  if (field.type === "checkbox") return field.checked;
  if (pin.choices) return pin.choices.find((each) => String(each) === field.value);
  const value = read(pin.kind, field.value);
  return value === "" && !pin.required && !pin.default ? undefined : value;
}
