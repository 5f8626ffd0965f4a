/**
 * Repairs a broken state folder again and again, until it is killed.
 *
 * Arguments: the home folder. Says one line when it begins a repair.
 *
 * @module
 */
import { join } from "@std/path";
import { envOf } from "../../lib/base/mod.ts";
import { loadConfig, resolvePaths, setConfigValue } from "../../lib/config/mod.ts";
import { applyRepairs, type RepairStep, undoRepair } from "../../lib/doctor/mod.ts";
import { systemClock, userId } from "../../lib/platform/mod.ts";

const home = Deno.args[0]!;
const env = envOf({ HOME: home });
const paths = resolvePaths(env);
const { stateDir } = paths;
const at = (name: string) => join(stateDir, name);

function steps(): RepairStep[] {
  const mode = (path: string, wanted: number): RepairStep => ({
    kind: "mode",
    path,
    mode: wanted,
    title: `chmod ${path}`,
    isSafe: true,
  });
  return [
    mode(stateDir, 0o700),
    mode(at("notes.txt"), 0o600),
    { kind: "folder", path: at("credentials"), mode: 0o700, title: "mkdir", isSafe: true },
    { kind: "remove", path: at("leftover"), title: "rm", isSafe: true },
    {
      kind: "config",
      title: "set the port",
      isSafe: false,
      edit: (raw) => setConfigValue(raw, "gateway.port", 18800),
    },
  ];
}

while (true) {
  const snapshot = await loadConfig({ env, paths, folder: stateDir });
  console.log(JSON.stringify({ begun: true }));
  const context = { paths, env, clock: systemClock, snapshot, uid: userId(), command: "doctor" };
  const { id } = await applyRepairs(context, steps());
  await undoRepair({ stateDir, id, clock: systemClock, isForced: false });
}
