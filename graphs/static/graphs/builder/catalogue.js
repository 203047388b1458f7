// The blocks that the server knows.
export class Catalogue {
  constructor({ categories, blocks }) {
    this.categories = categories;
    this.blocks = blocks;
    this.byId = new Map();
    for (const block of blocks) for (const id of [block.id, ...block.aliases]) this.byId.set(id, block);
  }

  static async load(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return new Catalogue(await answer.json());
  }

  find(id) {
    return this.byId.get(id) ?? null;
  }

  /** The blocks whose name, description, id or category has all words, in any language; the best ones come first. */
  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.blocks.filter((block) => words.every((word) => block.words.includes(word)));
    return found.toSorted((a, b) => rank(a, words) - rank(b, words));
  }
}

/** 0 for the name itself, then names that begin with the words, names that have them, and all others. */
function rank(block, words) {
  const [names, text] = [block.names.map((name) => name.toLowerCase()), words.join(" ")];
  if (names.includes(text)) return 0;
  if (names.some((name) => name.startsWith(text))) return 1;
  return names.some((name) => words.every((word) => name.includes(word))) ? 2 : 3;
}
