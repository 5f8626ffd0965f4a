/**
 * The configuration reference page, made from the schema.
 *
 * @module
 */
import {
  type FieldEntry,
  listFields,
  type ReloadClass,
  SECTION_NAMES,
  typeText,
} from "./schema/mod.ts";

const RELOAD_WORDS: Readonly<Record<ReloadClass, string>> = {
  live: "live",
  channel: "restarts the channel",
  restart: "restarts the gateway",
};

/**
 * `docs/configuration.md`, in Markdown.
 *
 * @throws {Error} When a field has no description.
 */
export function renderConfigReference(fields: readonly FieldEntry[] = listFields()): string {
  const undescribed = fields.filter(({ description }) => description === "");
  if (undescribed.length > 0) {
    throw new Error(`Fields without a description: ${undescribed.map(({ path }) => path)}`);
  }
  const sections = SECTION_NAMES.flatMap((name) => {
    const [own, ...below] = fields.filter(({ path }) => isOf(path, name));
    if (!own) return [];
    const intro = `${own.description}. A change: ${
      RELOAD_WORDS[own.reload]
    }, unless the row says otherwise.`;
    return [`## \`${name}\``, intro, ...(below.length === 0 ? [] : [table(below)])];
  });
  return [
    "<!-- deno-fmt-ignore-file -->",
    "# Configuration reference",
    "<!-- Made by scripts/gen_docs.ts from lib/config/schema; edits here are overwritten. -->",
    INTRO,
    countTable(fields),
    ...sections,
  ].join("\n\n") + "\n";
}

const INTRO =
  `Every key of \`openclaw.json\` that this build knows. In a path, \`*\` stands for a name of your
choice and \`[]\` for an entry of a list. Every key may be absent; a key that is not listed here is
kept, and \`openclaw config validate\` warns of it.

The column *Change* says when a new value takes effect:

- **live**: at once; work under way finishes with the old value.
- **restarts the channel**: the channel is started anew, the gateway goes on.
- **restarts the gateway**: at the next start of the gateway.

\`channels.<id>\` stands for every channel: those fields are listed once.

*secret* marks what is never shown: write \`\${NAME}\` or a reference to a secret instead of the text.`;

function isOf(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
}

function countTable(fields: readonly FieldEntry[]): string {
  const rows = (Object.keys(RELOAD_WORDS) as ReloadClass[]).map((reload) =>
    `| ${RELOAD_WORDS[reload]} | ${fields.filter((field) => field.reload === reload).length} |`
  );
  return ["| Change | Keys |", "|---|---|", ...rows].join("\n");
}

function table(fields: readonly FieldEntry[]): string {
  const shared = sharedByChannels(fields);
  const rows = distinct(fields).map(({ field, like }) => {
    const meaning = like === undefined ? meaningOf(field) : `As \`${like}\``;
    return `| \`${shownPath(field, shared)}\` | ${cell(typeText(field.schema))} | ${
      cell(meaning)
    } | ${RELOAD_WORDS[field.reload]} |`;
  });
  return ["| Key | Type | Meaning | Change |", "|---|---|---|---|", ...rows].join("\n");
}

interface Row {
  readonly field: FieldEntry;
  /** Path at which the same was described before. */
  readonly like?: string;
}

/**
 * What is described twice under one name gets no row the second time, and accounts none for their
 * fields; what has another name there is told to be the same.
 */
function distinct(fields: readonly FieldEntry[]): Row[] {
  const seen = new Map<unknown, string>();
  const rows: Row[] = [];
  let repeated = "";
  for (const field of fields) {
    if (field.path.includes(".accounts.*.") || isBelow(field.path, repeated)) continue;
    const like = seen.get(field.schema);
    seen.set(field.schema, like ?? field.path);
    if (like !== undefined) repeated = field.path;
    if (like === undefined) rows.push({ field });
    else if (lastPart(like) !== lastPart(field.path)) rows.push({ field, like });
  }
  return rows;
}

const FIRST_CHANNEL = "channels.telegram.";

/** The fields that the first channel has in common with another one. */
function sharedByChannels(fields: readonly FieldEntry[]): ReadonlySet<unknown> {
  const own = new Set(fields.filter(isOfFirstChannel).map(({ schema }) => schema));
  const others = fields.filter(({ path, schema }) =>
    !path.startsWith(FIRST_CHANNEL) && own.has(schema)
  );
  return new Set(others.map(({ schema }) => schema));
}

function isOfFirstChannel({ path }: FieldEntry): boolean {
  return path.startsWith(FIRST_CHANNEL) && !path.includes(".accounts.*.");
}

function shownPath(field: FieldEntry, shared: ReadonlySet<unknown>): string {
  const isShared = isOfFirstChannel(field) && shared.has(field.schema);
  return isShared ? `channels.<id>.${field.path.slice(FIRST_CHANNEL.length)}` : field.path;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function isBelow(path: string, above: string): boolean {
  return above !== "" && path.startsWith(`${above}.`);
}

function meaningOf({ description, unit, secret, danger, since }: FieldEntry): string {
  const notes = [
    ...(unit === undefined ? [] : [`in ${unit}`]),
    ...(secret ? ["*secret*"] : []),
    ...(since === undefined ? [] : [`since ${since}`]),
  ];
  const tail = danger === undefined ? "" : `. **Danger:** ${danger}`;
  return `${description}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}${tail}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("*,", "\\*,");
}
