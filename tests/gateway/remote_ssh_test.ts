/**
 * Gateways behind a real SSH server.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CommandLine } from "../harness/command_line.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { findSshd, Sshd } from "../harness/sshd.ts";

const sshd = findSshd();
const ignore = sshd === undefined;

/** A machine whose configuration leads through `server` to a port behind it. */
async function machineFor(
  server: Sshd,
  port: number,
  over: { remote?: Record<string, unknown>; knownHosts?: string } = {},
): Promise<CommandLine> {
  return await CommandLine.create({
    startProgram: server.startProgram(over.knownHosts),
    config: {
      gateway: {
        mode: "remote",
        remote: {
          url: `ws://127.0.0.1:${port}`,
          transport: "ssh",
          sshTarget: server.target,
          sshIdentity: server.identity,
          token: TOKEN,
          ...over.remote,
        },
      },
    },
  });
}

/** How `openclaw health` fails. */
async function failureOf(machine: CommandLine): Promise<string> {
  const { code, err } = await machine.run("health");
  assertEquals(code, 1);
  return err;
}

Deno.test({
  name: "gateway.remote.transport=ssh leads to the gateway, which sees its own machine",
  ignore,
  async fn() {
    await using server = await Sshd.start(sshd!);
    await using gateway = await TestGateway.start();
    await using machine = await machineFor(server, gateway.gateway.port);
    const { code, out } = await machine.run("health", "--json");
    assertEquals([code, JSON.parse(out).ok], [0, true]);
    const call = await machine.run("gateway", "call", "config.get", "--json");
    assertEquals(call.code, 0, call.err);
  },
});

Deno.test({
  name: "gateway.remote.transport=ssh checks the certificate at the far end",
  ignore,
  async fn() {
    await using server = await Sshd.start(sshd!);
    const config = { gateway: { mode: "local", tls: { enabled: true } } };
    await using gateway = await TestGateway.start({ config });
    const url = gateway.wsUrl;
    const { port } = gateway.gateway;
    const { fingerprint } = gateway.tls!.facts;
    await using machine = await machineFor(server, port, {
      remote: { url, tlsFingerprint: fingerprint },
    });
    assertEquals((await machine.run("health")).code, 0);
    await using wrong = await machineFor(server, port, {
      remote: { url, tlsFingerprint: "ab".repeat(32) },
    });
    assertStringIncludes(await failureOf(wrong), "gateway tls fingerprint mismatch");
    await using unpinned = await machineFor(server, port, { remote: { url } });
    assertStringIncludes(await failureOf(unpinned), "is not configured");
  },
});

Deno.test({
  name: "failures of SSH are told apart, each with what helps",
  ignore,
  async fn() {
    await using server = await Sshd.start(sshd!);
    await using gateway = await TestGateway.start();
    const { port } = gateway.gateway;
    const { dir } = server;
    const rows: [Parameters<typeof machineFor>[2], number, string, string][] = [
      [
        { remote: { sshIdentity: `${dir}/other_key` } },
        port,
        "does not let this user in",
        "ssh -p",
      ],
      [{ knownHosts: `${dir}/nothing` }, port, "key of the host is not known", "Accept it once"],
      [{ knownHosts: `${dir}/changed_hosts` }, port, "another key than the one", "ssh-keygen -R"],
      [{}, 1, "nothing listens on 127.0.0.1:1", "Run it there: openclaw gateway status"],
      [
        { remote: { sshTarget: "root@127.0.0.1:1" } },
        port,
        "the host does not answer",
        "ssh -p 1 root@127.0.0.1",
      ],
      [
        { remote: { sshTarget: "root@no-such-host.invalid" } },
        port,
        "there is no such host",
        "sshTarget user@host",
      ],
    ];
    for (const [over, remotePort, why, fix] of rows) {
      await using machine = await machineFor(server, remotePort, over);
      const text = await failureOf(machine);
      assertStringIncludes(text, why);
      assertStringIncludes(text, fix);
    }
  },
});

Deno.test({
  name: "a host that forbids forwarding is named as such",
  ignore,
  async fn() {
    await using server = await Sshd.start(sshd!, ["AllowTcpForwarding no"]);
    await using machine = await machineFor(server, 18789);
    assertStringIncludes(await failureOf(machine), "the host forbids forwarding");
  },
});

Deno.test("without the program ssh the command says so", async () => {
  await using machine = await CommandLine.create({
    config: {
      gateway: { mode: "remote", remote: { transport: "ssh", sshTarget: "user@gateway.example" } },
    },
  });
  const text = await failureOf(machine);
  assertStringIncludes(text, "the program ssh is not installed");
  assert(text.includes("openssh-client"));
});

Deno.test({
  name: "gateway probe --ssh reaches the gateway beside the other ways to it",
  ignore,
  async fn() {
    await using server = await Sshd.start(sshd!);
    await using gateway = await TestGateway.start();
    await using machine = await CommandLine.create({
      startProgram: server.startProgram(),
      env: { OPENCLAW_GATEWAY_TOKEN: TOKEN },
      config: { gateway: { mode: "local", port: gateway.gateway.port } },
    });
    const ssh = ["--ssh", server.target, "--ssh-identity", server.identity];
    const { code, out } = await machine.run("gateway", "probe", ...ssh, "--json");
    assertEquals(code, 0);
    const { targets, warnings, primaryTargetId } = JSON.parse(out);
    const [tunnel, local] = targets;
    assertEquals(primaryTargetId, "sshTunnel");
    assertEquals([tunnel.kind, tunnel.connect.ok], ["sshTunnel", true]);
    assertEquals(tunnel.tunnel, {
      kind: "ssh",
      target: server.target,
      remotePort: gateway.gateway.port,
    });
    assertEquals([local.kind, local.connect.ok], ["localLoopback", true]);
    // One gateway, found twice.
    assertEquals(warnings, []);

    const identity = ["--ssh-identity", `${server.dir}/other_key`];
    const failed = await machine.run("gateway", "probe", ...ssh.slice(0, 2), ...identity, "--json");
    const report = JSON.parse(failed.out);
    assertEquals([failed.code, report.primaryTargetId], [0, "localLoopback"]);
    assertEquals(report.warnings.map(({ code }: { code: string }) => code), ["ssh_tunnel_failed"]);
    const wrong = await machine.run("gateway", "probe", "--ssh", "-oProxyCommand=x");
    assertEquals(wrong.code, 64);
  },
});
