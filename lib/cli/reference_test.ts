import { assert, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "./commands.ts";
import { renderHelp } from "./help.ts";
import { renderCliReference } from "./reference.ts";
import { commandName } from "./table.ts";
import { displayWidth } from "./width.ts";

Deno.test("renderCliReference() names every command and option", () => {
  const page = renderCliReference();
  for (const spec of COMMANDS) {
    if (spec.path.length > 0) assertStringIncludes(page, `## \`${commandName(spec.path)}\``);
    for (const { name, hidden } of spec.options ?? []) {
      if (!hidden) assertStringIncludes(page, `--${name}`);
    }
  }
  assert(!page.includes("--container"));
});

Deno.test("renderHelp() of every command fits the terminal", () => {
  for (const spec of COMMANDS) {
    for (const columns of [80, 100]) {
      const lines = renderHelp(spec, COMMANDS, { columns }).split("\n");
      const body = lines.slice(0, lines.indexOf("Examples:"));
      for (const line of body) assert(displayWidth(line) <= columns, `${columns}: ${line}`);
    }
  }
});
