import { assert, assertEquals } from "@std/assert";
import type { RunCommand } from "../command.ts";
import { describePort, inspectPort } from "./inspect.ts";
import { parseListening } from "./proc_net.ts";
import type { PortListener } from "./types.ts";

/** A command function that answers from a list of `command line prefix` to output. */
function recorded(answers: Record<string, string>): RunCommand {
  return (command, args) => {
    const line = [command, ...args].join(" ");
    const key = Object.keys(answers).find((prefix) => line.startsWith(prefix));
    if (key === undefined) return Promise.reject(new Error(`absent: ${line}`));
    return Promise.resolve({ code: 0, stdout: answers[key]!, stderr: "" });
  };
}

const noProc = () => Promise.resolve(undefined);
const bindFree = () => "free" as const;
const bindBusy = () => "busy" as const;

Deno.test({
  name: "inspectPort() finds the real listeners of this machine",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const second = Deno.listen({ hostname: "::1", port: listener.addr.port });
    const { port } = listener.addr;
    const usage = await inspectPort(port);
    assertEquals(usage.status, "busy");
    assertEquals(
      usage.listeners.map(({ pid, address }) => [pid, address]),
      [[Deno.pid, `127.0.0.1:${port}`], [Deno.pid, `[::1]:${port}`]],
    );
    const first = usage.listeners[0]!;
    assert(first.commandLine?.includes("deno"));
    assertEquals(first.ppid, Deno.ppid);
    assertEquals(usage.hints, ["Another process is listening on this port."]);
    assertEquals(
      describePort(usage)[1],
      `- pid ${Deno.pid} ${first.user}: ${first.commandLine} (127.0.0.1:${port})`,
    );
    listener.close();
    second.close();
    const free = await inspectPort(port);
    assertEquals(free, { port, status: "free", listeners: [], hints: [] });
    assertEquals(describePort(free), []);
  },
});

Deno.test("inspectPort() tells gateways, tunnels and several listeners apart", async () => {
  const hintsOf = async (listeners: PortListener[]) => {
    const readProc = () => Promise.resolve(listeners);
    return (await inspectPort(18789, { os: "linux", readProc, testBind: bindBusy })).hints;
  };
  const gateway = { pid: 5, command: "openclaw" };
  const tunnel = { pid: 6, command: "ssh", commandLine: "ssh -L 18789:localhost:18789 box" };
  assertEquals(await hintsOf([gateway, { ...gateway }]), [
    "A gateway is already running here; stop it with Ctrl-C where it runs, or kill its pid.",
  ]);
  assertEquals((await hintsOf([gateway, tunnel])).length, 3);
  assertEquals(await hintsOf([{ address: "127.0.0.1:18789", user: "root" }]), [
    "Port is in use but process details are unavailable (install lsof or run as an admin user).",
  ]);
  assertEquals((await hintsOf([])).length, 1);
});

Deno.test("inspectPort() falls back to ss, then to lsof, then to a test bind", async () => {
  const ss = 'LISTEN 0 128 127.0.0.1:18789 0.0.0.0:* users:(("node",pid=42,fd=22))\n';
  const ps = { "ps -ww -p 42 -o command=": "node x.js\n", "ps -ww -p 42 -o user=": "ann\n" };
  const options = { os: "linux", readProc: noProc, testBind: bindFree } as const;
  const bySs = await inspectPort(18789, {
    ...options,
    run: recorded({ "ss -H -ltnp sport = :18789": ss, ...ps }),
  });
  assertEquals(bySs.listeners, [
    { pid: 42, command: "node", address: "127.0.0.1:18789", commandLine: "node x.js", user: "ann" },
  ]);
  const lsof = "p42\ncnode\nf22\nn127.0.0.1:18789\n";
  const byLsof = await inspectPort(18789, {
    ...options,
    run: recorded({ "/usr/sbin/lsof": lsof }),
  });
  assertEquals(byLsof.listeners, [{ pid: 42, command: "node", address: "127.0.0.1:18789" }]);
  const byBind = await inspectPort(18789, { ...options, run: recorded({}), testBind: bindBusy });
  assertEquals([byBind.status, byBind.listeners], ["busy", []]);
});

Deno.test("inspectPort() reads lsof and ps on macOS", async () => {
  const run = recorded({
    "lsof -nP -iTCP:18789 -sTCP:LISTEN -FpFcn":
      "p42\ncopenclaw\nf10\nn127.0.0.1:18789\nf11\nn[::1]:18789\n",
    "ps -ww -p 42 -o command=": "/usr/local/bin/openclaw gateway run\n",
    "ps -ww -p 42 -o user=": "ann\n",
    "ps -ww -p 42 -o ppid=": "  1\n",
  });
  const usage = await inspectPort(18789, { os: "darwin", run, testBind: bindFree });
  assertEquals(describePort(usage), [
    "Port 18789 is already in use.",
    "- pid 42 ann: /usr/local/bin/openclaw gateway run (127.0.0.1:18789)",
    "- pid 42 ann: /usr/local/bin/openclaw gateway run ([::1]:18789)",
    "- A gateway is already running here; stop it with Ctrl-C where it runs, or kill its pid.",
  ]);
  assertEquals(usage.listeners[0]?.ppid, 1);
});

Deno.test("inspectPort() reads netstat and tasklist on Windows, in any language", async () => {
  const netstat = [
    "",
    "Aktive Verbindungen",
    "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
    "  TCP    127.0.0.1:18789        0.0.0.0:0              ABHÖREN          42",
    "  TCP    127.0.0.1:18789        127.0.0.1:50000        HERGESTELLT      42",
    "  TCP    127.0.0.1:187890       0.0.0.0:0              ABHÖREN          43",
  ].join("\r\n");
  const run = recorded({
    "netstat -ano -p tcpv6": "",
    "netstat -ano -p tcp": netstat,
    "tasklist /FI PID eq 42 /FO LIST": "\r\nAbbildname:     openclaw.exe\r\nPID:     42\r\n",
    "powershell": "C:\\bin\\openclaw.exe gateway run\r\n",
  });
  const usage = await inspectPort(18789, { os: "windows", run, testBind: bindFree });
  assertEquals(usage.listeners, [{
    address: "127.0.0.1:18789",
    pid: 42,
    command: "openclaw.exe",
    commandLine: "C:\\bin\\openclaw.exe gateway run",
  }]);
});

Deno.test("parseListening() reads addresses of both families", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:4965 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1",
    "   1: 0100007F:4965 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12 1",
    "   2: 00000000000000000000000001000000:4965 00000000000000000000000000000000:0000 0A " +
    "00000000:00000000 00:00000000 00000000     0        0 13 1",
    "   3: 0000000000000000FFFF00000100007F:4965 00000000000000000000000000000000:0000 0A " +
    "00000000:00000000 00:00000000 00000000     0        0 14 1",
    "",
  ].join("\n");
  assertEquals(parseListening(table, 18789), [
    { address: "127.0.0.1:18789", uid: 1000, inode: "11" },
    { address: "[::1]:18789", uid: 0, inode: "13" },
    { address: "[::ffff:7f00:1]:18789", uid: 0, inode: "14" },
  ]);
  assertEquals(parseListening("", 18789), []);
});
