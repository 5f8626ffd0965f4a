import { assertEquals, assertRejects } from "@std/assert";
import { basename } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { freePort } from "./free.ts";
import type { PortListener, PortUsage } from "./types.ts";

async function startListener(...args: string[]) {
  const script = new URL("../testdata/listener.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return { child, port: Number(new TextDecoder().decode(value)) };
}

function usage(...listeners: PortListener[]): PortUsage {
  return { port: 18789, status: "busy", listeners, hints: [] };
}

const isLinux = Deno.build.os === "linux";

Deno.test("freePort() says when there is nothing to do", async () => {
  const inspect = (port: number): Promise<PortUsage> =>
    Promise.resolve({ port, status: "free", listeners: [], hints: [] });
  assertEquals(await freePort(18789, { inspect }), ["force: no listeners on port 18789"]);
});

Deno.test({
  name: "freePort() ends a listener that obeys",
  ignore: !isLinux,
  async fn() {
    const { child, port } = await startListener();
    // The kernel keeps the first 15 characters of a program's name.
    const name = basename(Deno.execPath()).slice(0, 15);
    const lines = await freePort(port);
    assertEquals(lines, [`force: killed pid ${child.pid} (${name}) on port ${port}`]);
    assertEquals((await child.status).signal, "SIGTERM");
  },
});

Deno.test({
  name: "freePort() kills a listener that does not obey",
  ignore: !isLinux,
  async fn() {
    const { child, port } = await startListener("stubborn");
    const lines = await freePort(port);
    assertEquals(lines[1], `force: escalated to SIGKILL for pid ${child.pid} on port ${port}`);
    assertEquals((await child.status).signal, "SIGKILL");
  },
});

Deno.test("freePort() never ends this process", async () => {
  const inspect = () => Promise.resolve(usage({ pid: 2 ** 30 }, { pid: Deno.pid }));
  const signalled: number[] = [];
  const kill = (pid: number) => void signalled.push(pid);
  const error = await assertRejects(() => freePort(18789, { inspect, kill }), AppError);
  assertEquals(error.code, "PORT_NOT_FREED");
  assertEquals(signalled, []);
});

Deno.test("freePort() reports what it cannot free", async () => {
  const unseen = () => Promise.resolve(usage({ address: "127.0.0.1:18789" }));
  await assertRejects(() => freePort(18789, { inspect: unseen }), AppError, "cannot be identified");
  const foreign = () => Promise.resolve(usage({ pid: 2 ** 30, command: "x" }));
  const kill = () => {
    throw new Deno.errors.PermissionDenied("no");
  };
  await assertRejects(
    () => freePort(18789, { inspect: foreign, kill }),
    AppError,
    `Could not free port 18789: pid ${2 ** 30} cannot be signalled`,
  );
});

Deno.test("freePort() gives up when something comes back", async () => {
  let now = 0;
  const error = await assertRejects(
    () =>
      freePort(18789, {
        // Each look takes a second, so that the three seconds pass at once.
        clock: { now: () => now, monotonic: () => now += 1000 },
        inspect: () => Promise.resolve(usage({ pid: 2 ** 30, command: "x", address: "a:1" })),
        isAlive: () => false,
        kill: () => {},
        testBind: () => "busy",
      }),
    AppError,
  );
  assertEquals(error.code, "PORT_NOT_FREED");
  assertEquals(error.details?.diagnostics, [
    "Port 18789 is already in use.",
    `- pid ${2 ** 30}: x (a:1)`,
  ]);
});
