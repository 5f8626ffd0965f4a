import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { createHome } from "../testing/run_test.ts";

const ID = "0f0f0f0f-0000-4000-8000-000000000000";

/** The home of an earlier gateway inside another one. */
async function earlierHome(dir: string): Promise<string> {
  const sessions = join(dir, "earlier/.openclaw/agents/main/sessions");
  await Deno.mkdir(sessions, { recursive: true });
  const entries = { main: { sessionId: ID, updatedAt: 5 } };
  await Deno.writeTextFile(join(sessions, "sessions.json"), JSON.stringify(entries));
  await Deno.writeTextFile(
    join(sessions, `${ID}.jsonl`),
    `${JSON.stringify({ type: "session", id: ID })}\nbroken\n`,
  );
  await Deno.writeTextFile(join(dir, "earlier/.openclaw/.env"), "A=1\n");
  return join(dir, "earlier");
}

Deno.test("migrate shows its plan, asks, and tells what it did", async () => {
  await using home = await createHome();
  const from = await earlierHome(home.dir);
  const env = join(home.dir, ".openclaw/.env");
  const plan = await home.run("migrate", "--from", from, "--dry-run");
  assertEquals([plan.code, plan.err], [0, ""]);
  assertStringIncludes(plan.out, "Would migrate");
  assertStringIncludes(plan.out, "Files: 1 new (1 file)");
  assertStringIncludes(plan.out, "Conversations: 1 new");
  assertStringIncludes(plan.out, `${ID}.jsonl:2: it is no JSON object`);
  const unasked = await home.run("migrate", "--from", from);
  assertEquals(unasked.code, 64);
  assertStringIncludes(unasked.err, `openclaw migrate --from ${from} --yes`);
  const refused = await home.answer(["n"], "migrate", "--from", from);
  assertEquals([refused.code, refused.err], [1, "Nothing was changed.\n"]);
  assertEquals(await Deno.stat(env).catch(() => "missing"), "missing");
  const done = await home.answer(["y"], "migrate", "--from", from);
  assertEquals(done.code, 0);
  assertEquals(await Deno.readTextFile(env), "A=1\n");
});

Deno.test("migrate says what it did not replace, and ends with 1", async () => {
  await using home = await createHome();
  const from = await earlierHome(home.dir);
  await Deno.writeTextFile(join(home.dir, ".openclaw/.env"), "B=2\n");
  const { code, out } = await home.run("migrate", "--from", from, "--yes");
  assertEquals(code, 1);
  assertStringIncludes(out, "Not replaced");
  assertStringIncludes(out, "openclaw migrate --from … --force <name>");
  const forced = await home.run("migrate", "--from", from, "--yes", "--force", ".env", "--json");
  assertEquals(forced.code, 0);
  const report = JSON.parse(forced.out);
  const file = report.items.find(({ unit }: { unit: string }) => unit === ".env");
  assertEquals([file.action, report.damaged.length], ["update", 1]);
  assert(report.items.some(({ action }: { action: string }) => action === "same"));
});

Deno.test("migrate takes the workspace out of a copy of a state folder that has another name", async () => {
  await using home = await createHome();
  const from = await earlierHome(home.dir);
  const copy = join(home.dir, "copy");
  await Deno.rename(join(from, ".openclaw"), copy);
  await Deno.mkdir(join(copy, "workspace"));
  await Deno.writeTextFile(join(copy, "workspace/MEMORY.md"), "remember\n");
  await home.run("migrate", "--from", copy, "--yes");
  assertEquals(
    await Deno.readTextFile(join(home.dir, ".openclaw/workspace/MEMORY.md")),
    "remember\n",
  );
});

Deno.test("migrate --json writes one JSON document, also when it was not confirmed", async () => {
  await using home = await createHome();
  const from = await earlierHome(home.dir);
  const { code, out } = await home.run("migrate", "--from", from, "--json");
  assertEquals([code, JSON.parse(out).error.code], [64, "USAGE"]);
});

Deno.test("migrate needs a source", async () => {
  await using home = await createHome();
  assertEquals((await home.run("migrate")).code, 64);
  const { code, err } = await home.run("migrate", "--from", home.dir + "/nope", "--dry-run");
  assertEquals(code, 64);
  assertStringIncludes(err, "it is not there");
});
