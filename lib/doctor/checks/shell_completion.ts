/**
 * Whether the shell completes `openclaw`.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { readTextFileIfExists } from "../../platform/mod.ts";
import type { Check } from "../types.ts";

const ID = "doctor:shell-completion";

/** Where a shell looks for what it runs at its start, and the line that sets completion up. */
const SHELLS: Readonly<Record<string, { files: readonly string[]; line: string }>> = {
  bash: {
    files: [".bashrc", ".bash_profile", ".local/share/bash-completion/completions/openclaw"],
    line: "echo 'source <(openclaw completion bash)' >> ~/.bashrc",
  },
  zsh: {
    files: [".zshrc", ".zprofile"],
    line: "echo 'source <(openclaw completion zsh)' >> ~/.zshrc",
  },
  fish: {
    files: [".config/fish/config.fish", ".config/fish/completions/openclaw.fish"],
    line: "openclaw completion fish > ~/.config/fish/completions/openclaw.fish",
  },
};

/** Looks for the name of the program in the files of the user's shell. */
export const shellCompletion: Check = {
  id: ID,
  title: "Shell completion",
  async run({ env, paths: { home } }) {
    const name = basename(env.get("SHELL") ?? "");
    const shell = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
    if (shell === undefined) return [];
    for (const file of shell.files) {
      const text = await readTextFileIfExists(join(home, file)).catch(() => undefined);
      if (text?.includes("openclaw")) return [];
    }
    return [{
      id: `${ID}.absent`,
      severity: "info",
      message: `${name} does not complete openclaw commands yet`,
      fix: shell.line,
    }];
  },
};
