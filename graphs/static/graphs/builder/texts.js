// The words of the modules, in the reader's language: from the page, where Django has put them.
const element = document.getElementById("builder-texts");
const texts = element ? JSON.parse(element.textContent) : {};

/** The text of this name, with {words} put in. */
export function say(name, words = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole);
}

/** Tells those who hear the page. */
export function announce(text) {
  document.querySelector("[data-announcer]").textContent = text;
}
