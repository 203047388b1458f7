// How a node runs: retries, time limit, fallback and priority, as its metadata has them.
import { setMetadata } from "./edits.js";
import { put } from "./elements.js";
import { read, write } from "./values.js";

export class PolicyForm {
  constructor(root, form) {
    Object.assign(this, { form, fields: [...root.querySelectorAll("[data-policy]")] });
    for (const field of this.fields) field.addEventListener("input", () => this.typed(field));
  }

  /** `data-of` names the part of the metadata that an entry belongs to. */
  fill() {
    const { metadata } = this.form.node;
    for (const field of this.fields) {
      const { policy, of } = field.dataset;
      const value = of ? metadata[of]?.[policy] : metadata[policy];
      if (document.activeElement !== field) put(field, write("any", value));
    }
  }

  typed(field) {
    const value = valueIn(field);
    field.classList.toggle("is-invalid", value === null);
    if (value === null) return;
    const { policy, of } = field.dataset;
    const whole = of ? withEntry(this.form.node.metadata[of], policy, value) : value;
    this.form.edit(policy, (drawing) => setMetadata(drawing, this.form.id, of ?? policy, whole));
  }
}

/** What the field says; null for what cannot be. */
function valueIn(field) {
  if (!field.checkValidity()) return null;
  try {
    return read(field.type === "number" ? "number" : "dictionary", field.value);
  } catch {
    return null;
  }
}

function withEntry(whole, name, value) {
  const { [name]: _old, ...rest } = whole ?? {};
  const entries = value === undefined ? rest : { ...rest, [name]: value };
  return Object.keys(entries).length ? entries : undefined;
}
