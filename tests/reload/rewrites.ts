/**
 * Ways in which people and programs rewrite a configuration file, well and badly.
 *
 * @module
 */
import type { Dice } from "../conformance/fuzz.ts";

/** The file of one gateway, and what is always in it. */
export interface RewrittenFile {
  /** Folder of the file. */
  readonly dir: string;
  readonly path: string;
  /** What a valid file says besides the mark. */
  readonly base: Readonly<Record<string, unknown>>;
}

/** One rewrite that was done. */
export interface Rewrite {
  readonly kind: string;
  readonly isValid: boolean;
  /** What the file is now; a mistake that is made twice in a row is the same. */
  readonly content: string;
}

type Writer = (file: RewrittenFile, mark: string) => Promise<string>;

/** The valid text that says `mark`. */
function textOf({ base }: RewrittenFile, mark: string, indent?: number): string {
  return JSON.stringify({ ...base, messages: { responsePrefix: mark } }, null, indent);
}

/**
 * Writes parts in place, one after the other; a link is replaced first, as what it leads to may be gone.
 *
 * All at once, since a file that stands still between two steps for long enough is what it is then.
 */
function put({ path }: RewrittenFile, ...parts: (string | Uint8Array)[]): Promise<string> {
  const written = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : part
  );
  removeIf(path, ({ isSymlink }) => isSymlink);
  for (const bytes of written) Deno.writeFileSync(path, bytes);
  return Promise.resolve(String(written.at(-1)));
}

/** Takes the file away, if there is one of that kind. */
function removeIf(path: string, isMeant: (info: Deno.FileInfo) => boolean): void {
  try {
    if (isMeant(Deno.lstatSync(path))) Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Writes beside the file and renames, as editors do. */
async function rename(file: RewrittenFile, text: string): Promise<string> {
  await Deno.writeTextFile(`${file.path}.new`, text);
  await Deno.rename(`${file.path}.new`, file.path);
  return text;
}

/** Makes the file a link into a folder that is itself a link, and swaps that. */
async function swap(file: RewrittenFile, mark: string, text: string): Promise<string> {
  const folder = `${file.dir}/volume-${mark}`;
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/openclaw.json`, text);
  await Deno.symlink(folder, `${file.dir}/next`);
  await Deno.rename(`${file.dir}/next`, `${file.dir}/data`);
  await Deno.symlink("data/openclaw.json", `${file.dir}/link`);
  await Deno.rename(`${file.dir}/link`, file.path);
  return text;
}

const VALID: readonly (readonly [string, Writer])[] = [
  ["rename", (file, mark) => rename(file, textOf(file, mark))],
  ["in place", (file, mark) => put(file, textOf(file, mark, 2))],
  ["comments", (file, mark) => put(file, `// ${mark}\n${textOf(file, mark)}`)],
  ["byte order mark", (file, mark) => put(file, `\uFEFF${textOf(file, mark)}`)],
  ["in two parts", (file, mark) => {
    const text = textOf(file, mark, 2);
    return put(file, text.slice(0, text.length >> 1), text);
  }],
  ["removed and written", async (file, mark) => {
    const text = textOf(file, mark);
    await Deno.writeTextFile(`${file.path}.new`, text);
    removeIf(file.path, () => true);
    Deno.renameSync(`${file.path}.new`, file.path);
    return text;
  }],
  ["link swap", (file, mark) => swap(file, mark, textOf(file, mark))],
];

const INVALID: readonly (readonly [string, Writer])[] = [
  ["truncated to zero", (file) => put(file, "")],
  ["cut off", (file, mark) => put(file, textOf(file, mark).slice(0, -3))],
  ["UTF-16", (file, mark) => {
    const text = `\uFEFF${textOf(file, mark)}`;
    const units = Uint16Array.from(text, (char) => char.charCodeAt(0));
    return put(file, new Uint8Array(units.buffer));
  }],
  ["wrong type", (file, mark) => rename(file, `{"gateway":{"mode":"local","port":"${mark}"}}`)],
  ["list", (file, mark) => put(file, `["${mark}"]`)],
  ["no mode", (file, mark) => rename(file, `{"gateway":{"mode":3},"ui":{"seamColor":"${mark}"}}`)],
  ["link swap to a broken file", (file, mark) => swap(file, mark, `{ ${mark}: `)],
  ["include of nothing", (file, mark) => rename(file, `{"gateway":{"$include":"./${mark}"}}`)],
  ["gone", (file) => {
    removeIf(file.path, () => true);
    return Promise.resolve("gone");
  }],
];

/** Rewrites the file in a way that the dice choose; afterwards it says `mark`, or is invalid. */
export async function rewrite(
  file: RewrittenFile,
  mark: string,
  dice: Dice,
  isValid = dice.below(2) === 0,
): Promise<Rewrite> {
  const kinds = isValid ? VALID : INVALID;
  const [kind, write] = kinds[dice.below(kinds.length)]!;
  return { kind, isValid, content: await write(file, mark) };
}
