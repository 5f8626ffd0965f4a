import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { envOf } from "../base/mod.ts";
import type { SecretInput } from "../config/mod.ts";
import { PrivateFolder } from "./_testing.ts";
import { resolveRefs } from "./resolve.ts";
import type { SecretOutcome } from "./types.ts";

const SECRET = "s3cret-value-0123456789";

interface Scene {
  providers?: Record<string, unknown>;
  resolution?: Record<string, number>;
  variables?: Record<string, string>;
}

async function resolve(
  inputs: readonly SecretInput[],
  { providers, resolution, variables = {} }: Scene,
): Promise<SecretOutcome[]> {
  const refs = inputs.map((input, index) => ({ path: ["x", index], input }));
  // deno-lint-ignore no-explicit-any -- the settings of a test are checked by what they do
  const config: any = { secrets: { providers, resolution } };
  const outcomes = await resolveRefs(refs, { config, env: envOf(variables) });
  for (const outcome of outcomes) {
    if (!outcome.ok) assert(!outcome.error.message.includes(SECRET), outcome.error.message);
  }
  return outcomes;
}

async function one(input: SecretInput, scene: Scene): Promise<string> {
  const [outcome] = await resolve([input], scene);
  return outcome!.ok ? outcome!.value : `! ${outcome!.error.message}`;
}

const fileRef = (id: string): SecretInput => ({ source: "file", provider: "vault", id });
const execRef = (id: string): SecretInput => ({ source: "exec", provider: "helper", id });

Deno.test("resolveRefs() reads variables, and only allowed ones", async () => {
  const variables = { A_KEY: ` ${SECRET}\n`, EMPTY: " " };
  assertEquals(await one({ source: "env", id: "A_KEY" }, { variables }), SECRET);
  assertEquals(await one("${A_KEY}", { variables }), SECRET);
  assertEquals(await one("plain", { variables }), "plain");
  assertEquals(
    await one("${EMPTY}", { variables }),
    '! Environment variable "EMPTY" is missing or empty',
  );
  const providers = { shell: { source: "env", allowlist: ["OTHER"] } };
  assertEquals(
    await one({ source: "env", provider: "shell", id: "A_KEY" }, { variables, providers }),
    '! Environment variable "A_KEY" is not in secrets.providers.shell.allowlist',
  );
});

Deno.test("resolveRefs() names a provider that is missing, or of another source", async () => {
  assertEquals(
    await one(fileRef("/a"), {}),
    '! Secret provider "vault" is not configured (ref: file:vault:/a)',
  );
  assertEquals(
    await one(fileRef("/a"), { providers: { vault: { source: "env" } } }),
    '! Secret provider "vault" has source "env", the reference wants "file"',
  );
});

Deno.test("resolveRefs() reads a JSON file by pointers, once for all", async () => {
  using folder = new PrivateFolder();
  const path = folder.file("s.json", JSON.stringify({ a: { key: SECRET }, n: 7, e: "", l: ["x"] }));
  const providers = { vault: { source: "file", path } };
  const ids = ["/a/key", "/l/0", "/n", "/e", "/b"];
  const outcomes = await resolve(ids.map(fileRef), { providers });
  assertEquals(
    outcomes.map((outcome) => outcome.ok ? outcome.value : outcome.error.message.split('" ')[1]),
    [
      SECRET,
      "x",
      "has something else than a text at /n",
      "has an empty text at /e",
      "has nothing at /b",
    ],
  );
});

Deno.test("resolveRefs() never quotes a file it cannot use", async () => {
  using folder = new PrivateFolder();
  const path = folder.file("s", `${SECRET}\r\n`);
  const json = { vault: { source: "file", path } };
  assertStringIncludes(await one(fileRef("/a"), { providers: json }), "is not JSON");
  const single = { vault: { source: "file", path, mode: "singleValue" } };
  assertEquals(await one(fileRef("value"), { providers: single }), SECRET);
  assertStringIncludes(await one(fileRef("/a"), { providers: single }), 'whose one id is "value"');
  const small = { vault: { source: "file", path, mode: "singleValue", maxBytes: 10 } };
  assertStringIncludes(await one(fileRef("value"), { providers: small }), "more than 10 bytes");
  const absent = { vault: { source: "file", path: join(folder.path, "absent") } };
  assertStringIncludes(await one(fileRef("/a"), { providers: absent }), "does not exist");
});

const ANSWER = `printf '{"protocolVersion":1,"values":{"a":"${SECRET}","b":"two"}}'`;

Deno.test("resolveRefs() asks a program once, and gives it no other variables", async () => {
  using folder = new PrivateFolder();
  const command = folder.program(
    "helper",
    `cat >> "${folder.path}/asked"; env | sort > "${folder.path}/env"; ${ANSWER}`,
  );
  const providers = {
    helper: {
      source: "exec",
      command,
      args: ["-x"],
      env: { OWN: "1" },
      passEnv: ["PASSED", "NONE"],
    },
  };
  const variables = { PASSED: "2", HIDDEN: "3", PATH: "/usr/bin:/bin" };
  const outcomes = await resolve([execRef("a"), execRef("b"), execRef("a")], {
    providers: { helper: { ...providers.helper, passEnv: ["PASSED", "NONE", "PATH"] } },
    variables,
  });
  assertEquals(outcomes.map((outcome) => outcome.ok && outcome.value), [SECRET, "two", SECRET]);
  assertEquals(
    Deno.readTextFileSync(`${folder.path}/asked`),
    '{"protocolVersion":1,"provider":"helper","ids":["a","b"]}\n',
  );
  const names = Deno.readTextFileSync(`${folder.path}/env`).split("\n").map((line) =>
    line.split("=")[0]
  );
  assertEquals(names.filter((name) => ["OWN", "PASSED", "HIDDEN", "HOME"].includes(name!)), [
    "OWN",
    "PASSED",
  ]);
});

Deno.test("resolveRefs() splits a question that is too large", async () => {
  using folder = new PrivateFolder();
  const command = folder.program(
    "helper",
    `echo x >> "${folder.path}/runs"; read q; id=\${q##*[[]\\"}; id=\${id%%\\"*}
printf '{"protocolVersion":1,"values":{"%s":"v-%s"}}' "$id" "$id"`,
  );
  const scene = {
    providers: { helper: { source: "exec", command, passEnv: ["PATH"] } },
    resolution: { maxBatchBytes: 56 },
    variables: { PATH: "/usr/bin:/bin" },
  };
  const outcomes = await resolve(["a", "b", "c"].map(execRef), scene);
  assertEquals(outcomes.map((outcome) => outcome.ok ? outcome.value : outcome.error.message), [
    "v-a",
    "v-b",
    "v-c",
  ]);
  assertEquals(Deno.readTextFileSync(`${folder.path}/runs`), "x\nx\nx\n");
  const tiny = { ...scene, resolution: { maxBatchBytes: 10 } };
  assertStringIncludes(await one(execRef("a"), tiny), "has more than 10 bytes");
});

const PROGRAMS: [name: string, script: string, settings: object, answer: string][] = [
  [
    "an error for the id",
    `printf '{"protocolVersion":1,"values":{"b":"${SECRET}"},"errors":{"a":{"message":"no ${SECRET}\\\\u001b here"}}}'`,
    {},
    '! Provider "helper" has no "a": no [redacted] here',
  ],
  [
    "nothing for the id",
    `printf '{"protocolVersion":1,"values":{}}'`,
    {},
    'did not answer for "a"',
  ],
  ["a number", `printf '{"protocolVersion":1,"values":{"a":1}}'`, {}, "something else than a text"],
  ["another version", `printf '{"protocolVersion":2,"values":{}}'`, {}, "did not answer with"],
  ["plain text", `echo ${SECRET}`, {}, "did not answer with"],
  ["plain text where it may", `echo ${SECRET}`, { jsonOnly: false }, SECRET],
  ["a failure", `echo ${SECRET} >&2; echo ${SECRET}; exit 3`, {}, "ended with exit code 3"],
  ["its own end", "kill -9 $$", {}, "ended with SIGKILL"],
  [
    "too much",
    "while :; do echo 0123456789; done",
    { maxOutputBytes: 5000 },
    "more than 5000 bytes",
  ],
  ["no end", "echo x; sleep 60", { timeoutMs: 200 }, "did not end within 200 ms"],
  ["no word", "sleep 60", { noOutputTimeoutMs: 100 }, "wrote nothing for 100 ms"],
];

for (const [name, script, settings, answer] of PROGRAMS) {
  Deno.test({
    name: `resolveRefs() takes ${name} from a program`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new PrivateFolder();
      const command = folder.program("helper", script);
      const providers = { helper: { source: "exec", command, passEnv: ["PATH"], ...settings } };
      const variables = { PATH: "/usr/bin:/bin" };
      assertStringIncludes(await one(execRef("a"), { providers, variables }), answer);
    },
  });
}

Deno.test("resolveRefs() asks no more providers at once than it may, and no more of one", async () => {
  using folder = new PrivateFolder();
  const log = `${folder.path}/log`;
  const command = folder.program(
    "helper",
    // The first waits for the second: one alone is not what is counted.
    `echo + >> "${log}"; while [ $(grep -c + "${log}") -lt 2 ]; do sleep 0.01; done
sleep 0.1; echo - >> "${log}"; ${ANSWER}`,
  );
  const names = ["p1", "p2", "p3", "p4", "p5"];
  const settings = { source: "exec", command, passEnv: ["PATH"] };
  const providers = Object.fromEntries(names.map((name) => [name, settings]));
  const refs = names.map((provider): SecretInput => ({ source: "exec", provider, id: "a" }));
  const variables = { PATH: "/usr/bin:/bin" };
  const outcomes = await resolve(refs, {
    providers,
    variables,
    resolution: { maxProviderConcurrency: 2 },
  });
  assert(outcomes.every((outcome) => outcome.ok));
  let running = 0;
  let most = 0;
  for (const mark of Deno.readTextFileSync(log).trim().split("\n")) {
    running += mark === "+" ? 1 : -1;
    most = Math.max(most, running);
  }
  assertEquals(most, 2);
  const limited = { providers, variables, resolution: { maxRefsPerProvider: 1 } };
  const both = ["a", "b"].map((id): SecretInput => ({ source: "exec", provider: "p1", id }));
  const [refused] = await resolve(both, limited);
  assert(refused && !refused.ok);
  assertStringIncludes(refused.error.message, "asked for 2 secrets, the limit is 1");
});
