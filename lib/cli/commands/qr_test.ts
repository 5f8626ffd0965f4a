import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseSetupCode } from "../../devices/mod.ts";
import { createHome } from "../testing/run_test.ts";
import { runCommandLine } from "../main.ts";
import { testHost } from "../testing/host_test.ts";

Deno.test("qr issues a code for the address that was named", async () => {
  await using home = await createHome();
  const url = "wss://gateway.example";
  const json = await home.run("qr", "--url", url, "--json");
  assertEquals([json.code, json.err], [0, ""]);
  const { setupCode, ...rest } = JSON.parse(json.out);
  const expiresAtMs = Date.UTC(2026, 10, 22, 8, 10, 0);
  assertEquals(rest, { gatewayUrl: url, urlSource: "cli --url", expiresAtMs });
  const payload = parseSetupCode(setupCode);
  assertEquals([payload.url, payload.bootstrapToken.length], [url, 32]);
  const stored = await Deno.readFile(`${home.dir}/.openclaw/openclaw.sqlite`);
  const text = new TextDecoder("latin1").decode(stored);
  assert(!text.includes(payload.bootstrapToken), "only a hash is stored");
});

Deno.test("qr shows the code, its end and a picture of equal rows", async () => {
  await using home = await createHome();
  const { code, out, err } = await home.run("qr", "--url", "ws://192.0.2.7:18789");
  assertEquals(code, 0);
  const [picture, facts] = out.split("\n\n");
  const rows = picture!.split("\n");
  assert(rows.length > 20 && rows.every((row) => row.length === rows[0]!.length), picture);
  assertStringIncludes(facts!, "Ends        in 10m, or with the first device");
  assertStringIncludes(facts!, "Gateway     ws://192.0.2.7:18789");
  assertStringIncludes(err, "not encrypted");
  const host = testHost({ HOME: home.dir, FORCE_COLOR: "1" });
  await runCommandLine(["qr", "--url", "wss://gateway.example"], host);
  assertStringIncludes(host.output.out, "\u001b[97;40m█");
});

Deno.test("qr takes the address from the config", async () => {
  const config = (gateway: unknown) => ({ config: JSON.stringify({ gateway }) });
  const base = { mode: "local", port: 18800, auth: { token: "t" } };
  const bind = { bind: "custom", customBindHost: "192.0.2.8" };
  await using custom = await createHome(config({ ...base, ...bind }));
  const found = JSON.parse((await custom.run("qr", "--json")).out);
  assertEquals([found.gatewayUrl, found.urlSource], ["ws://192.0.2.8:18800", "gateway.bind"]);
  await using loopback = await createHome(config({ ...base, bind: "loopback" }));
  const refused = await loopback.run("qr");
  assertEquals([refused.code, refused.out], [1, ""]);
  assertStringIncludes(refused.err, "Fix: openclaw config set gateway.bind lan");
  await using far = await createHome(
    config({ ...base, mode: "remote", remote: { url: "wss://gateway.example" } }),
  );
  assertStringIncludes((await far.run("qr")).err, "Fix: Run it there: openclaw qr");
});

Deno.test("qr refuses an address that is none, or that has a credential in it", async () => {
  await using home = await createHome();
  for (const url of ["http://gateway.example", "gateway", "wss://user:secret@gateway.example"]) {
    const { code, err } = await home.run("qr", "--url", url);
    assertEquals(code, 64, url);
    assert(!err.includes("secret"));
  }
});
