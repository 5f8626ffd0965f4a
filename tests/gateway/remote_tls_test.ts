/**
 * The command line against gateways with TLS: this machine's own, and those of other machines.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createSelfSigned } from "../../lib/tls/mod.ts";
import { CommandLine } from "../harness/command_line.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";

const TLS_CONFIG = { gateway: { mode: "local", tls: { enabled: true } } };
const WRONG = "ab".repeat(32);

Deno.test("a command trusts this machine's gateway by the certificate file", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  await using machine = await CommandLine.create({
    stateDir: gateway.stateDir,
    env: { OPENCLAW_GATEWAY_PORT: String(gateway.gateway.port), OPENCLAW_GATEWAY_TOKEN: TOKEN },
  });
  const { code, out, err } = await machine.run("gateway", "call", "status", "--json");
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "runtimeVersion");
});

Deno.test("a command sends nothing to a gateway whose certificate nobody vouches for", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  await using machine = await CommandLine.create({ config: {} });
  const { fingerprint } = gateway.tls!.facts;
  const call = ["gateway", "call", "status", "--url", gateway.wsUrl, "--token", TOKEN];

  const unknown = await machine.run(...call);
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, "Cannot trust the certificate of");
  assertStringIncludes(unknown.err, `SHA-256: ${fingerprint}`);
  assertStringIncludes(unknown.err, `gateway.remote.tlsFingerprint ${fingerprint}`);

  const wrong = await machine.run(...call, "--tls-fingerprint", WRONG);
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "gateway tls fingerprint mismatch");
  assertStringIncludes(wrong.err, `Presented: ${fingerprint}`);

  const spelled = fingerprint.replaceAll(":", "").toLowerCase();
  for (const pin of [fingerprint, spelled, `sha256:${spelled}`]) {
    assertEquals((await machine.run(...call, "--tls-fingerprint", pin)).code, 0, pin);
  }
});

Deno.test("gateway.remote.tlsFingerprint is what the configured gateway must show", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  const remote = { url: gateway.wsUrl, token: TOKEN };
  await using machine = await CommandLine.create();
  const configure = (tlsFingerprint: string) =>
    machine.configure({ gateway: { mode: "remote", remote: { ...remote, tlsFingerprint } } });
  await configure(gateway.tls!.facts.fingerprint);
  assertEquals((await machine.run("health", "--json")).code, 0);
  await configure(WRONG);
  const refused = await machine.run("health", "--json");
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.out + refused.err, "gateway tls fingerprint mismatch");
  await configure("nonsense");
  const invalid = await machine.run("health");
  assertEquals(invalid.code, 1);
  assertStringIncludes(invalid.err, "expected the 64 hexadecimal digits of a SHA-256");
});

Deno.test("the token does not reach an impostor with a pinned address", async () => {
  const pair = await createSelfSigned({
    commonName: "openclaw-gateway",
    names: ["127.0.0.1"],
    notBefore: Date.now() - 1000,
    notAfter: Date.now() + 60_000,
  });
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair });
  const seen: string[] = [];
  const serving = (async () => {
    for await (const conn of listener) {
      const buffer = new Uint8Array(4096);
      const count = await conn.read(buffer).catch(() => null);
      seen.push(new TextDecoder().decode(buffer.subarray(0, count ?? 0)));
      conn.close();
    }
  })();
  await using machine = await CommandLine.create({
    config: {
      gateway: {
        mode: "remote",
        remote: {
          url: `wss://127.0.0.1:${listener.addr.port}`,
          token: TOKEN,
          tlsFingerprint: WRONG,
        },
      },
    },
  });
  assertEquals((await machine.run("health")).code, 1);
  listener.close();
  await serving.catch(() => {});
  assert(seen.length > 0);
  assertEquals(seen.join(""), "");
});

Deno.test("gateway probe shows certificates beside the expected ones", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  const { fingerprint } = gateway.tls!.facts;
  await using own = await CommandLine.create({
    stateDir: gateway.stateDir,
    env: { OPENCLAW_GATEWAY_PORT: String(gateway.gateway.port), OPENCLAW_GATEWAY_TOKEN: TOKEN },
  });
  const local = await own.run("gateway", "probe");
  assertEquals(local.code, 0, local.err);
  assertStringIncludes(local.out, "Certificate: as expected · CN=openclaw-gateway · until ");
  assertStringIncludes(local.out, `SHA-256: ${fingerprint}`);

  await using other = await CommandLine.create({
    env: { OPENCLAW_GATEWAY_PORT: "1" },
    config: {
      gateway: {
        mode: "remote",
        remote: { url: gateway.wsUrl, token: TOKEN, tlsFingerprint: WRONG },
      },
    },
  });
  const { code, out } = await other.run("gateway", "probe", "--json");
  assertEquals(code, 1);
  const [target] = JSON.parse(out).targets;
  assertEquals([target.id, target.connect.ok], ["configRemote", false]);
  assertEquals(target.tls.fingerprint, fingerprint);
  assertEquals([target.tls.trusted, target.tls.expected.slice(0, 5)], [false, "AB:AB"]);
  assertStringIncludes(target.connect.error, "gateway tls fingerprint mismatch");
});

Deno.test("openclaw qr shows the certificate that a device will see", async () => {
  await using gateway = await TestGateway.start({ config: TLS_CONFIG });
  await using machine = await CommandLine.create({ stateDir: gateway.stateDir });
  const { out, code } = await machine.run("qr", "--json", "--url", "wss://gateway.example");
  assertEquals([code, JSON.parse(out).tlsFingerprint], [0, gateway.tls!.facts.fingerprint]);
});
