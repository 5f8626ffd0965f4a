/**
 * The lines of `IDENTITY.md` that programs read and write: name, emoji, avatar.
 *
 * @module
 */

/** What an agent says of itself. */
export interface Identity {
  name?: string;
  emoji?: string;
  avatar?: string;
}

const FIELDS = ["name", "emoji", "avatar"] as const;
/** `- Name: …` or `- **Name:** …`. */
const LINE = /^\s*[-*]\s+\**\s*(name|emoji|avatar)\s*:?\s*\**\s*:?\s*(.*?)\s*$/i;
/** What a template asks its owner to fill in. */
const PLACEHOLDER = /^[_*(]/;

/** Reads the lines that are filled in. */
export function parseIdentity(text: string): Identity {
  const identity: Identity = {};
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line);
    const field = fieldOf(match?.[1]);
    const value = match?.[2] ?? "";
    if (field === undefined || value === "" || PLACEHOLDER.test(value)) continue;
    identity[field] ??= value;
  }
  return identity;
}

/** The text with the given fields in it; an empty one is taken out, an absent one stays. */
export function updateIdentity(text: string, changes: Identity): string {
  const lines = text === "" ? ["# Identity", ""] : text.replace(/\s+$/, "").split(/\r?\n/);
  for (const field of FIELDS) {
    const value = changes[field]?.replace(/\s+/g, " ").trim();
    if (value === undefined) continue;
    const index = lines.findIndex((line) => fieldOf(LINE.exec(line)?.[1]) === field);
    const line = `- ${field.charAt(0).toUpperCase()}${field.slice(1)}: ${value}`;
    if (value === "") {
      if (index >= 0) lines.splice(index, 1);
    } else if (index >= 0) lines[index] = line;
    else lines.push(line);
  }
  return `${lines.join("\n")}\n`;
}

function fieldOf(word: string | undefined): typeof FIELDS[number] | undefined {
  return FIELDS.find((field) => field === word?.toLowerCase());
}
