// Small things about elements that every part of the builder needs.
export function find(root, name) {
  return root.querySelector(`[data-${name}]`);
}

const templates = new Map();

/** A copy of the page's template of this name. */
export function copyOf(name) {
  if (!templates.has(name)) {
    templates.set(name, document.querySelector(`template[data-template="${name}"]`).content.firstElementChild);
  }
  return templates.get(name).cloneNode(true);
}

export function make(tag, { text, ...attributes } = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Shows a value in a field, unless it is there already: that would move the cursor. */
export function put(field, value) {
  if (field.value !== String(value)) field.value = value;
}

/** Whether keys that are pressed there are for typing. */
export function isTyping(element) {
  return Boolean(element.closest?.("input, textarea, select, [contenteditable]"));
}

/** The value of the button that closes the dialog; "cancel" for Escape. */
export async function answerOf(dialog) {
  dialog.returnValue = "cancel";
  dialog.showModal();
  await new Promise((resolve) => { dialog.addEventListener("close", resolve, { once: true }); });
  return dialog.returnValue;
}
