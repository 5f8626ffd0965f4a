/**
 * What a repair is made of: small changes that say what they touch before they touch it.
 *
 * @module
 */

interface StepBase {
  /** What is done, in one line, such as `chmod 600 ~/.openclaw/openclaw.json`. */
  readonly title: string;
  /** Whether it may be done where nobody can be asked. */
  readonly isSafe: boolean;
}

/** Changes the permission bits of a file or folder; its content stays. */
export interface ModeStep extends StepBase {
  readonly kind: "mode";
  readonly path: string;
  readonly mode: number;
}

/** Creates a folder. */
export interface FolderStep extends StepBase {
  readonly kind: "folder";
  readonly path: string;
  readonly mode: number;
}

/** Removes a regular file, of which a copy is kept. */
export interface RemoveStep extends StepBase {
  readonly kind: "remove";
  readonly path: string;
}

/** Changes the config file; all such steps of a repair become one write. */
export interface ConfigStep extends StepBase {
  readonly kind: "config";
  /** The text to write, made from the one that is there. */
  edit(raw: string): Promise<string>;
  /** Replaces a file that cannot be used as it is. */
  readonly isReplacement?: boolean;
}

/** Does something that is more than one file, such as reinstalling a service. */
export interface ActStep extends StepBase {
  readonly kind: "act";
  /** Files that may be other ones afterwards; a copy of each is kept. */
  readonly touches: readonly string[];
  /** @returns Lines for people. */
  run(): Promise<readonly string[]>;
  /** What to run after the files were put back, such as `openclaw gateway restart`. */
  readonly afterUndo?: string;
}

/** One change. */
export type RepairStep = ModeStep | FolderStep | RemoveStep | ConfigStep | ActStep;

/** The order in which steps are done: what is needed by others first. */
const ORDER: readonly RepairStep["kind"][] = ["folder", "mode", "remove", "config", "act"];

/** The steps in the order in which they are done, each change once. */
export function orderSteps(steps: readonly RepairStep[]): RepairStep[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const key = `${step.kind}\n${step.title}`;
    return !seen.has(key) && seen.add(key);
  }).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** A step that writes values into the config. */
export function configStep(
  title: string,
  settings: readonly (readonly [path: string, value: unknown])[],
): ConfigStep {
  return {
    kind: "config",
    title,
    isSafe: false,
    async edit(raw) {
      const { setConfigValue } = await import("../../config/mod.ts");
      let text = raw;
      for (const [path, value] of settings) text = await setConfigValue(text, path, value);
      return text;
    },
  };
}

/** A path with the mode that it should have. */
interface WantedMode {
  readonly path: string;
  readonly wantedMode: number;
}

/** The step that gives a file or folder the mode it should have. */
export function modeStep(wanted: WantedMode): ModeStep {
  const { path, wantedMode: mode } = wanted;
  return { kind: "mode", path, mode, title: chmodText(wanted), isSafe: true };
}

/** The command that does the same by hand. */
export function chmodText({ path, wantedMode }: WantedMode): string {
  return `chmod ${wantedMode.toString(8)} ${path}`;
}
