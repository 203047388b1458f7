// Size and colour of a frame, in fields: what its corner does, without a mouse.
import { setMetadata } from "./edits.js";
import { find, put } from "./elements.js";
import { COLOURS, frameOf, LEAST } from "./frames.js";

export class FrameForm {
  constructor(root, form) {
    Object.assign(this, { form, part: find(root, "frame-form") }); // none for blocks that are no notes
    this.part?.addEventListener("input", ({ target }) => this.typed(target));
  }

  fill() {
    if (!this.part) return;
    const frame = frameOf(this.form.node);
    this.part.hidden = !frame;
    for (const field of this.part.querySelectorAll("[data-frame]")) {
      if (frame && document.activeElement !== field) put(field, frame[field.dataset.frame]);
    }
  }

  typed(field) {
    const name = field.dataset.frame;
    const value = name === "colour" ? field.value : Number(field.value);
    const isFine = name === "colour" ? COLOURS.includes(value) : value >= LEAST[name];
    field.classList.toggle("is-invalid", !isFine);
    const frame = { ...frameOf(this.form.node), [name]: value };
    if (isFine) this.form.edit(`frame ${name}`, (drawing) => setMetadata(drawing, this.form.id, "frame", frame));
  }
}
