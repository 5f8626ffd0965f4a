import { assertEquals } from "@std/assert";
import { gatewayPids, isGatewayProgram } from "./gateway_process.ts";

Deno.test("isGatewayProgram() knows gateways by program or entry file, and nothing else", () => {
  const gateways = [
    "/usr/local/bin/openclaw gateway --port 18789",
    "openclaw --profile ops gateway run",
    "C:\\Tools\\openclaw.exe gateway",
    "/usr/bin/node /usr/lib/node_modules/openclaw/dist/index.js gateway --port 18789",
    "/opt/openclaw-gateway gateway",
  ];
  const others = [
    "",
    "openclaw",
    "openclaw status",
    "vim gateway",
    "/opt/openclaw/other gateway",
    "python3 -m http.server --directory /srv/openclaw/gateway",
    "ssh -N -L 18789:127.0.0.1:18789 openclaw gateway",
  ];
  assertEquals(gateways.filter((line) => !isGatewayProgram(line)), []);
  assertEquals(others.filter(isGatewayProgram), []);
});

Deno.test("gatewayPids() takes the owner of the lock for a gateway, and nobody twice", () => {
  const listeners = [
    { pid: 1, commandLine: "nginx" },
    { pid: 2, commandLine: "openclaw gateway", address: "127.0.0.1:1" },
    { pid: 2, commandLine: "openclaw gateway", address: "[::1]:1" },
    { pid: 3, commandLine: "deno run main.ts gateway" },
    { address: "127.0.0.1:1" },
  ];
  assertEquals(gatewayPids(listeners, 3), [2, 3]);
  assertEquals(gatewayPids(listeners, undefined), [2]);
});
