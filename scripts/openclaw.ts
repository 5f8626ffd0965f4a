/**
 * `deno task openclaw …`: the command line from source, with the state of `deno task start`.
 *
 * @module
 */
import { devCommand } from "./harness/dev.ts";

if (import.meta.main) {
  const child = (await devCommand(Deno.args)).spawn();
  // The child gets Ctrl-C from the terminal too, and decides itself.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.exit((await child.status).code);
}
