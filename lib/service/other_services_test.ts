import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { AppError, envOf } from "../base/mod.ts";
import type { OsName, RunCommand } from "../platform/mod.ts";
import { serviceNames } from "./names.ts";
import { findOtherServices, type OtherServicesFacts } from "./other_services.ts";

async function withFolders(
  files: Readonly<Record<string, string>>,
  test: (
    facts: (os: OsName, over?: Partial<OtherServicesFacts>) => OtherServicesFacts,
  ) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "openclaw-services-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(home, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(home, name), text);
    }
    await test((os, over = {}) => ({
      os,
      home,
      names: serviceNames(undefined, envOf({})),
      runCommand: () => Promise.reject(new AppError("COMMAND_NOT_FOUND", "no such program")),
      isDeep: true,
      systemFolders: [join(home, "system")],
      ...over,
    }));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function unit(command: string): string {
  return `[Service]\nExecStart=${command}\n`;
}

function plist(label: string, ...words: string[]): string {
  const list = words.map((word) => `<string>${word}</string>`).join("");
  return `<plist><dict><key>Label</key><string>${label}</string>` +
    `<key>ProgramArguments</key><array>${list}</array></dict></plist>`;
}

Deno.test("findOtherServices() finds units of the user and of the system, without the own one", async () => {
  const user = ".config/systemd/user";
  await withFolders({
    [`${user}/openclaw-gateway.service`]: unit("/opt/openclaw gateway --port 1"),
    [`${user}/openclaw-gateway-ops.service`]: unit("/opt/openclaw gateway --port 2"),
    [`${user}/clawdbot-gateway.service`]: unit("/opt/clawdbot gateway"),
    [`${user}/nginx.service`]: unit("/usr/sbin/nginx"),
    "system/openclaw-gateway.service": unit("/opt/openclaw gateway --port 3"),
  }, async (facts) => {
    const found = await findOtherServices(facts("linux"));
    const shown = found.map(({ label, scope, port, legacy, isManaged }) =>
      [label, scope, port, legacy, isManaged] as const
    );
    assertEquals(shown, [
      ["clawdbot-gateway.service", "user", undefined, true, false],
      ["openclaw-gateway-ops.service", "user", 2, false, true],
      ["openclaw-gateway.service", "system", 3, false, false],
    ]);
    assertEquals(found[2]!.cleanup.startsWith("sudo systemctl disable --now"), true);
  });
});

Deno.test("findOtherServices() reads launch agents, those of the system only when asked to", async () => {
  const user = "Library/LaunchAgents";
  await withFolders({
    [`${user}/ai.openclaw.gateway.plist`]: plist("ai.openclaw.gateway", "/o/openclaw", "gateway"),
    [`${user}/ai.openclaw.ops.plist`]: plist(
      "ai.openclaw.ops",
      ...["/o/openclaw", "gateway", "--port", "18800"],
    ),
    [`${user}/com.example.bot.plist`]: plist("com.example.bot", "/o/openclaw", "gateway"),
    [`${user}/com.example.app.plist`]: plist("com.example.app", "/usr/bin/true"),
    "system/com.clawdbot.gateway.plist": plist("com.clawdbot.gateway", "/o/clawdbot", "gateway"),
  }, async (facts) => {
    const shown = async (isDeep: boolean) =>
      (await findOtherServices(facts("darwin", { isDeep })))
        .map(({ label, scope, legacy, isManaged, port }) =>
          [label, scope, legacy, isManaged, port] as const
        );
    const users = [
      ["ai.openclaw.ops", "user", false, true, 18800],
      ["com.example.bot", "user", false, false, undefined],
    ] as const;
    assertEquals(await shown(false), [...users]);
    assertEquals(await shown(true), [
      ...users,
      ["com.clawdbot.gateway", "system", true, false, undefined],
    ]);
  });
});

Deno.test("findOtherServices() reads tasks in any language, without the own one", async () => {
  const row = (name: string, run: string) =>
    `"HOST","\\${name}","Nicht zutreffend","Bereit","Nur interaktiv","","0","x","${run}","N/A"`;
  const runCommand: RunCommand = () =>
    Promise.resolve({
      code: 0,
      stdout: [
        row("OpenClaw Gateway", "C:\\o\\gateway.cmd"),
        row("OpenClaw Gateway (ops)", "C:\\o\\gateway.cmd"),
        row("OpenClaw Gateway (ops)", "C:\\o\\gateway.cmd"),
        row("My bot", "C:\\openclaw\\openclaw.exe gateway"),
        row("Clawdbot Gateway", "C:\\c\\gateway.cmd"),
        row("Backup", "C:\\Windows\\backup.exe"),
        "",
      ].join("\r\n"),
      stderr: "",
    });
  await withFolders({}, async (facts) => {
    const found = await findOtherServices(facts("windows", { runCommand }));
    assertEquals(found.map(({ label, legacy, isManaged }) => [label, legacy, isManaged]), [
      ["OpenClaw Gateway (ops)", false, true],
      ["My bot", false, false],
      ["Clawdbot Gateway", true, false],
    ]);
    assertEquals(await findOtherServices(facts("windows", { runCommand, isDeep: false })), []);
    assertEquals(await findOtherServices(facts("windows")), []);
  });
});
