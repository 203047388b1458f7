// Between what is typed into a field and the value that a node keeps.

/** The value of a text for a pin of this kind; `undefined` for none. Throws `SyntaxError` for what is not JSON. */
export function read(kind, text) {
  switch (kind) {
    case "number": return readNumber(text);
    case "list":
    case "dictionary": return text.trim() ? JSON.parse(text) : undefined;
    case "any": return readAny(text);
    default: return text;
  }
}

function readNumber(text) {
  if (!text.trim()) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** JSON where it is JSON, else the text itself. */
function readAny(text) {
  if (!text.trim()) return text === "" ? undefined : text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a field shows of a value. */
export function write(kind, value) {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, typeof value === "object" ? 2 : undefined);
  return kind === "any" && isJson(value) ? JSON.stringify(value) : value;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A value on one short line. */
export function brief(value, most = 60) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Whether a value fits on one line of a card, so that it can be edited there. */
export function isOneLine(value) {
  return value === undefined || (typeof value !== "object" && !String(value).includes("\n"));
}
