// Colours what is typed into fields for code: the coloured text lies under the field, whose own letters are not seen.
import { make } from "./elements.js";

/** Makes such fields of all textareas that name a language. */
export function codeFieldsIn(root) {
  return [...root.querySelectorAll("textarea[data-code]")].map((area) => new CodeField(area));
}

class CodeField {
  constructor(area) {
    this.area = area;
    this.text = make("code");
    this.under = make("pre", { class: "code-under", "aria-hidden": "true" });
    this.under.append(this.text);
    this.whole = make("div", { class: "code-field" });
    area.replaceWith(this.whole);
    this.whole.append(this.under, area);
    area.addEventListener("input", () => this.paint());
    area.addEventListener("scroll", () => this.under.scrollTo(0, area.scrollTop));
  }

  async paint() {
    const { value, dataset } = this.area;
    if (value === this.painted) return;
    this.painted = value;
    const highlighter = await load();
    // The library escapes what it colours. Without the space a last line that is empty would have no height.
    const { value: coloured } = highlighter.highlight(value, { language: dataset.code });
    const { body } = new DOMParser().parseFromString(`<div>${coloured} </div>`, "text/html");
    this.text.replaceChildren(...body.firstChild.childNodes);
    this.whole.classList.add("is-painted");
    this.under.scrollTo(0, this.area.scrollTop);
  }
}

let loaded = null;

/** The highlighter with its languages, fetched when it is first needed. */
function load() {
  loaded ??= fetchAll();
  return loaded;
}

async function fetchAll() {
  const [{ default: highlighter }, { default: python }, { default: json }] = await Promise.all([
    import("../../site/vendor/highlight/core.js"),
    import("../../site/vendor/highlight/python.js"),
    import("../../site/vendor/highlight/json.js"),
  ]);
  highlighter.registerLanguage("python", python);
  highlighter.registerLanguage("json", json);
  return highlighter;
}
