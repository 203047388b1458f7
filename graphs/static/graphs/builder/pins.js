// Which pins a node has: those of its block, and those that links, values and prompts add.
import { linksByNode } from "./document.js";

const REACHES_INSIDE = /_[#$@]_/;
const VARIABLE = /\{\{\s*([A-Za-z_]\w*)[^{}]*\}\}|\{([A-Za-z_]\w*)\}/g;
const FORM_PINS = new Set(["title", "description", "advanced", "secret", "options", "placeholder_values", "escape_html"]);
const ON_CARD = 5;

/** The pin's own name, without what reaches inside its value. */
export function baseOf(name) {
  return name.split(REACHES_INSIDE)[0];
}

export function isDynamic(name) {
  return REACHES_INSIDE.test(name);
}

/** What a card shows of a pin name: only the last part of one that reaches inside. */
export function labelOf(name) {
  return isDynamic(name) ? name.split(REACHES_INSIDE).at(-1) : name;
}

/** The variables that a prompt names: {name} and {{ name }}. */
export function variablesIn(text) {
  return [...new Set([...String(text).matchAll(VARIABLE)].map((match) => match[1] ?? match[2]))];
}

/** All input pins of a node: {name, kind, required, linked, value, …}; a child follows the pin that it reaches into. */
export function inputsOf(drawing, node, block) {
  const links = linksByNode(drawing).into.get(node.id) ?? [];
  const linked = new Set(links.map((link) => link.sink_name));
  const declared = (block?.inputs ?? []).filter((pin) => !pin.unused || linked.has(pin.name));
  const own = [...linked, ...(node.metadata.pins?.inputs ?? []), ...variablePins(node, block), ...schemaPins(node, "input_schema")];
  const facts = (name) => ({ linked: linked.has(name), value: node.input_default[name] });
  return ordered(declared, own).map((pin) => ({ ...pin, ...facts(pin.name) }));
}

/** All output pins of a node. */
export function outputsOf(drawing, node, block) {
  const links = linksByNode(drawing).outOf.get(node.id) ?? [];
  const linked = new Set(links.map((link) => link.source_name));
  const own = [...linked, ...(node.metadata.pins?.outputs ?? []), ...schemaPins(node, "output_schema")];
  return ordered(block?.outputs ?? [], own).map((pin) =>
    ({ ...pin, linked: linked.has(pin.name), isStatic: Boolean(block?.is_static) }));
}

function ordered(declared, ownNames) {
  const known = new Set(declared.map((pin) => pin.name));
  const own = [...new Set(ownNames)].filter((name) => !known.has(name)).map((name) => ({ name, kind: "any", own: true }));
  const children = (name) => own.filter((pin) => isDynamic(pin.name) && baseOf(pin.name) === name);
  const alone = own.filter((pin) => !isDynamic(pin.name) || !known.has(baseOf(pin.name)));
  const [errors, others] = [declared.filter((pin) => pin.kind === "error"), declared.filter((pin) => pin.kind !== "error")];
  return [...others.flatMap((pin) => [pin, ...children(pin.name)]), ...alone, ...errors];
}

function variablePins(node, block) {
  const pinFor = pinForVariables(block);
  if (!pinFor) return [];
  const texts = block.inputs.filter((pin) => pin.kind === "text").map((pin) => node.input_default[pin.name]);
  return [...new Set(texts.filter((text) => typeof text === "string").flatMap(variablesIn))].map(pinFor);
}

/** Tells the pin of a variable; null for blocks whose texts name none. */
function pinForVariables(block) {
  if (!block) return null;
  if (block.takes_any) return (name) => name;
  const holder = holderOf(block);
  const hasTemplate = holder && block.inputs.some((pin) => pin.name === "prompt" || pin.name === "format");
  return hasTemplate ? (name) => `${holder.name}_#_${name}` : null;
}

function holderOf(block) {
  return block.inputs.find((pin) => pin.name === "prompt_values" || (pin.name === "values" && pin.kind === "dictionary"));
}

/** The variables of one text of a node: {name, pin, value, isKnown}; `isKnown` when a link or a value may fill it. */
export function promptVariables(drawing, node, block, textPin) {
  const pinFor = pinForVariables(block);
  const text = node.input_default[textPin];
  if (!pinFor || typeof text !== "string") return [];
  const linked = new Set((linksByNode(drawing).into.get(node.id) ?? []).map((link) => link.sink_name));
  const holder = holderOf(block)?.name;
  return variablesIn(text).map((name) => {
    const pin = pinFor(name);
    const value = node.input_default[pin] ?? node.input_default[name] ?? node.input_default[holder]?.[name];
    return { name, pin, value, isKnown: value !== undefined || linked.has(pin) || linked.has(holder) };
  });
}

/** A block that runs another graph keeps what that takes and gives in its inputs. */
function schemaPins(node, name) {
  return Object.keys(node.input_default[name]?.properties ?? {});
}

/** The pins that a card shows; the others come out when it is unfolded. */
export function shownInputs(pins, block, isUnfolded) {
  const isForm = block?.kind === "input" || block?.kind === "output";
  const useful = pins.filter((pin) => pin.linked || !isForm || !FORM_PINS.has(pin.name));
  if (isUnfolded || useful.length <= ON_CARD) return useful;
  const needed = useful.filter((pin) => pin.linked || pin.required || pin.own || pin.value !== undefined);
  const rest = useful.filter((pin) => !needed.includes(pin)).slice(0, Math.max(0, ON_CARD - needed.length));
  return useful.filter((pin) => needed.includes(pin) || rest.includes(pin));
}
