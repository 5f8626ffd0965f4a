import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Frame } from "../harness/socket.ts";
import { zipOf } from "../harness/zip.ts";
import { type MethodsContext, withGateway } from "./methods_harness.ts";

const SKILL = "---\nname: demo-skill\ndescription: Does it\n---\nText\n";

/** A registry with one skill, in two versions. */
class FakeHub {
  readonly urls: string[] = [];
  latest = "1.0.0";
  moderation: unknown;
  isDown = false;

  fetch(url: string): Promise<Response> {
    this.urls.push(url);
    if (this.isDown) return Promise.reject(new TypeError("connection refused"));
    const { pathname, searchParams } = new URL(url);
    if (pathname === "/api/v1/search") {
      return json({ results: [{ slug: "demo", score: 1, summary: searchParams.get("q") }] });
    }
    if (pathname === "/api/v1/skills/demo") {
      const latestVersion = { version: this.latest };
      const owner = { handle: "someone" };
      return json({ skill: { slug: "demo" }, latestVersion, owner, moderation: this.moderation });
    }
    if (pathname === "/api/v1/download" && searchParams.get("slug") === "demo") {
      const version = searchParams.get("version")!;
      return Promise.resolve(new Response(zipOf({ "SKILL.md": SKILL, "version.txt": version })));
    }
    return Promise.resolve(new Response("no", { status: 404 }));
  }

  resolveHost(): Promise<string[]> {
    return Promise.resolve([]);
  }
}

function json(value: unknown): Promise<Response> {
  return Promise.resolve(Response.json(value));
}

const CONFIG = { agents: { defaults: { workspace: "~/ws" } } };

async function withHub(
  test: (context: MethodsContext, hub: FakeHub) => Promise<void>,
  config: Frame = {},
): Promise<void> {
  const hub = new FakeHub();
  await withGateway((context) => test(context, hub), { ...CONFIG, ...config }, { network: hub });
}

Deno.test("skills.search, detail and install take skills from the registry", () =>
  withHub(async ({ gateway, result, socket }, hub) => {
    assertEquals(
      (await result("skills.search", { query: "x y", limit: 3 })).results[0].slug,
      "demo",
    );
    assertEquals(hub.urls[0], "https://clawhub.ai/api/v1/search?q=x+y&limit=3");
    assertEquals(await result("skills.search", { query: " " }), { results: [] });
    assertEquals((await result("skills.detail", { slug: "demo" })).owner.handle, "someone");
    const install = { source: "clawhub", slug: "demo" };
    const leftover = `${gateway.stateDir}/ws/skills/.installing-x`;
    await Deno.mkdir(leftover, { recursive: true });
    await Deno.utime(leftover, 1, 1);
    const done = await result("skills.install", install);
    const folder = `${gateway.stateDir}/ws/skills/demo`;
    assertEquals([done.ok, done.code, done.message, done.targetDir], [
      true,
      0,
      "Installed demo@1.0.0",
      folder,
    ]);
    assertEquals([...Deno.readDirSync(`${gateway.stateDir}/ws/skills`)].length, 1);
    const origin = JSON.parse(await Deno.readTextFile(`${folder}/.clawhub/origin.json`));
    assertEquals([origin.slug, origin.installedVersion], ["demo", "1.0.0"]);
    const { skills } = await result("skills.status", {});
    assertEquals(skills.map(({ name }: Frame) => name), ["demo-skill"]);
    const again = await socket.call("skills.install", install);
    assertEquals([again.error.code, again.error.details.code], ["INVALID_REQUEST", "SKILL_EXISTS"]);

    hub.latest = "1.1.0";
    const update = await result("skills.update", { source: "clawhub", all: true });
    assertEquals([update.ok, update.skillKey], [true, "*"]);
    assertEquals(update.config.results, [
      { slug: "demo", previousVersion: "1.0.0", ok: true, version: "1.1.0", changed: true },
    ]);
    assertEquals(await Deno.readTextFile(`${folder}/version.txt`), "1.1.0");
    const [old] = [...Deno.readDirSync(`${gateway.stateDir}/trash`)];
    const before = `${gateway.stateDir}/trash/${old!.name}/version.txt`;
    assertEquals(await Deno.readTextFile(before), "1.0.0");
    const same = await result("skills.update", { source: "clawhub", slug: "demo" });
    assertEquals(same.config.results[0].changed, false);
  }));

Deno.test("skills: what is not there, blocked or unreachable is said so", () =>
  withHub(async ({ gateway, socket }, hub) => {
    const message = async (method: string, params: Frame) => {
      const { ok, error } = await socket.call(method, params);
      assertEquals(ok, false);
      return `${error.code}: ${error.message}`;
    };
    const hubInstall = (slug: string) => message("skills.install", { source: "clawhub", slug });
    assertEquals(
      await hubInstall("none"),
      "UNAVAILABLE: Skill not found: none (https://clawhub.ai)",
    );
    assertMatch(await hubInstall("../x"), /^INVALID_REQUEST: invalid skill slug/);
    assertMatch(await message("skills.detail", { slug: "a/b" }), /invalid skill slug/);
    hub.moderation = { isMalwareBlocked: true };
    assertMatch(await hubInstall("demo"), /blocked by ClawHub as malware/);
    hub.isDown = true;
    const down = /^UNAVAILABLE: Cannot reach ClawHub at https:\/\/clawhub\.ai: connection refused$/;
    assertMatch(await message("skills.search", { query: "x" }), down);
    assertMatch(await hubInstall("demo"), down);
    assertEquals(
      await message("skills.install", { name: "a", installId: "b" }),
      "UNAVAILABLE: Skill not found: a",
    );
    assertMatch(
      await message("skills.update", { source: "clawhub" }),
      /requires "slug" or "all"/,
    );
    assertMatch(
      await message("skills.update", { source: "clawhub", slug: "demo" }),
      /was not installed from ClawHub/,
    );
    assertEquals(
      await Deno.stat(`${gateway.stateDir}/ws/skills/demo`).then(() => true, () => false),
      false,
    );
  }));

Deno.test("skills.upload: chunks, commit and install; repeats change nothing", () =>
  withHub(async ({ gateway, result, socket }) => {
    const zip = zipOf({ "demo/SKILL.md": SKILL, "demo/notes.md": "n".repeat(500) });
    const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", zip)).toHex();
    const announce = {
      kind: "skill-archive",
      slug: "mine",
      sizeBytes: zip.length,
      sha256,
      idempotencyKey: "k",
    };
    const { uploadId, receivedBytes, expiresAt } = await result("skills.upload.begin", announce);
    assertEquals([receivedBytes, expiresAt > Date.now()], [0, true]);
    assertEquals((await result("skills.upload.begin", announce)).uploadId, uploadId);
    const chunk = (offset: number, end: number) => ({
      uploadId,
      offset,
      dataBase64: zip.subarray(offset, end).toBase64(),
    });
    assertEquals((await result("skills.upload.chunk", chunk(0, 300))).receivedBytes, 300);
    assertEquals((await result("skills.upload.chunk", chunk(0, 300))).receivedBytes, 300);
    const refuse = async (method: string, params: Frame, message: RegExp) => {
      const { ok, error } = await socket.call(method, params);
      assertEquals(ok, false, method);
      assertMatch(error.message, message);
    };
    await refuse("skills.upload.chunk", chunk(400, 500), /offset must be 300/);
    await refuse("skills.upload.commit", { uploadId }, /300 of \d+ bytes have come/);
    await refuse("skills.upload.chunk", { ...chunk(300, 310), dataBase64: "!" }, /base64/);
    const tooMuch = { uploadId, offset: 300, dataBase64: new Uint8Array(9999).toBase64() };
    await refuse("skills.upload.chunk", tooMuch, /bytes were announced/);
    const install = { source: "upload", uploadId, slug: "mine" };
    await refuse("skills.install", install, /is not committed/);
    await result("skills.upload.chunk", chunk(300, zip.length));
    await refuse("skills.upload.commit", { uploadId, sha256: "00" }, /sha256 is/);
    assertEquals((await result("skills.upload.commit", { uploadId })).sha256, sha256);
    await refuse("skills.install", { ...install, slug: "other" }, /the upload is of "mine"/);
    const done = await result("skills.install", { ...install, sha256: sha256.toUpperCase() });
    assertEquals(done.message, "Installed mine");
    assertEquals(await Deno.readTextFile(`${done.targetDir}/SKILL.md`), SKILL);
    await refuse("skills.install", install, /no upload/);
    assertEquals([...Deno.readDirSync(`${gateway.stateDir}/skill-uploads`)], []);
  }, { skills: { install: { allowUploadedArchives: true } } }));

Deno.test("skills.upload: an archive that leads elsewhere leaves nothing behind", () =>
  withHub(async ({ gateway, result, socket }) => {
    const zip = zipOf({ "SKILL.md": SKILL, "../../evil.md": "x" });
    const { uploadId } = await result("skills.upload.begin", {
      kind: "skill-archive",
      slug: "mine",
      sizeBytes: zip.length,
    });
    await result("skills.upload.chunk", { uploadId, offset: 0, dataBase64: zip.toBase64() });
    await result("skills.upload.commit", { uploadId });
    const { error } = await socket.call("skills.install", {
      source: "upload",
      uploadId,
      slug: "mine",
    });
    assertMatch(error.message, /the name "..\/..\/evil.md" is not allowed/);
    const left = async (path: string) => {
      const names = [];
      for await (const { name } of Deno.readDir(path)) names.push(name);
      return names;
    };
    assertEquals(await left(`${gateway.stateDir}/ws/skills`).catch(() => []), []);
    assert(!(await left(gateway.stateDir)).includes("evil.md"));
  }, { skills: { install: { allowUploadedArchives: true } } }));

Deno.test("skills.upload is off unless the configuration allows it", () =>
  withHub(async ({ socket }) => {
    const cases: [method: string, params: Frame][] = [
      ["skills.upload.begin", { kind: "skill-archive", slug: "a", sizeBytes: 10 }],
      ["skills.upload.chunk", { uploadId: "x", offset: 0, dataBase64: "AAAA" }],
      ["skills.upload.commit", { uploadId: "x" }],
      ["skills.install", { source: "upload", uploadId: "x", slug: "a" }],
    ];
    for (const [method, params] of cases) {
      const { error } = await socket.call(method, params);
      assertEquals([error.code, error.message], [
        "UNAVAILABLE",
        "Uploaded skill archive installs are disabled by skills.install.allowUploadedArchives",
      ]);
    }
  }));

Deno.test("skills.update changes a skill's entry and hides its key", () =>
  withHub(async ({ gateway, result, socket }) => {
    const path = `${gateway.stateDir}/openclaw.json`;
    await Deno.writeTextFile(path, '{ gateway: { mode: "local" }, /* mine */ skills: {} }\n');
    assertEquals(
      await result("skills.update", {
        skillKey: "demo",
        enabled: false,
        apiKey: " planted-key ",
        env: { REGION: "eu", OTHER: "x" },
      }),
      {
        ok: true,
        skillKey: "demo",
        config: {
          enabled: false,
          apiKey: "__OPENCLAW_REDACTED__",
          env: { REGION: "eu", OTHER: "x" },
        },
      },
    );
    const text = await Deno.readTextFile(path);
    assertMatch(text, /\/\* mine \*\//);
    assertMatch(text, /planted-key/);
    const changed = await result("skills.update", {
      skillKey: "demo",
      apiKey: "",
      env: { OTHER: "" },
    });
    assertEquals(changed.config, { enabled: false, env: { REGION: "eu" } });
    const { error } = await socket.call("skills.update", { skillKey: "x", env: { "a b": "1" } });
    assertMatch(error.message, /no variable "a b"/);
  }));
