/**
 * What the tests of this room share: a private folder with files and programs, and configurations.
 *
 * @module
 */
import { join } from "@std/path";
import { envOf } from "../base/mod.ts";
import { type ConfigSnapshot, evaluateConfig, resolvePaths } from "../config/mod.ts";

/** A folder that only this user can enter; removed at the end. */
export class PrivateFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "openclaw-secrets-" });

  /** Writes a file and answers its path. */
  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.path, name);
    Deno.writeTextFileSync(path, text);
    Deno.chmodSync(path, mode);
    return path;
  }

  /** Writes a program for the shell and answers its path. */
  program(name: string, script: string): string {
    return this.file(name, `#!/bin/sh\n${script}\n`, 0o700);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A configuration as if it were read from a file. */
export function snapshotOf(
  config: unknown,
  variables: Record<string, string> = {},
): Promise<ConfigSnapshot> {
  const env = envOf({ HOME: "/home/nobody", ...variables });
  return evaluateConfig({ env, paths: resolvePaths(env), raw: JSON.stringify(config) });
}
