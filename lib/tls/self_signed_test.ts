import { assert, assertEquals } from "@std/assert";
import { addressBytes } from "./address_bytes.ts";
import { isKeyOf, readCertificate } from "./certificate.ts";
import { createSelfSigned } from "./self_signed.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 2, 3, 4, 5);
const SPEC = {
  commonName: "openclaw-gateway",
  names: ["localhost", "box.local", "127.0.0.1", "::1", "2001:db8::a:1"],
  notBefore: START,
  notAfter: START + 30 * 365 * DAY_MS,
};

Deno.test("createSelfSigned() says what it was told, over the turn of 2050", async () => {
  const { cert, key } = await createSelfSigned(SPEC);
  const facts = await readCertificate(cert);
  assertEquals(facts.subject, "CN=openclaw-gateway");
  assert(facts.isSelfSigned);
  assertEquals([facts.validFrom, facts.validTo], [SPEC.notBefore, SPEC.notAfter]);
  assert(await isKeyOf(key, cert));
  assert(!await isKeyOf((await createSelfSigned(SPEC)).key, cert));
});

Deno.test("createSelfSigned() makes what a strict client takes for every name of it", async () => {
  const { cert, key } = await createSelfSigned({ ...SPEC, notAfter: Date.now() + DAY_MS });
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  for (const hostname of ["127.0.0.1", "localhost"]) {
    const accepting = listener.accept();
    const conn = await Deno.connectTls({ hostname, port: listener.addr.port, caCerts: [cert] });
    await Promise.all([conn.handshake(), accepting.then((peer) => peer.handshake())]);
    conn.close();
    (await accepting).close();
  }
});

Deno.test("addressBytes() reads both families and nothing else", () => {
  const hex = (text: string) => {
    const bytes = addressBytes(text);
    return bytes === undefined ? undefined : [...bytes].map((byte) => byte.toString(16)).join(".");
  };
  assertEquals(hex("127.0.0.1"), "7f.0.0.1");
  assertEquals(hex("::1"), "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1");
  assertEquals(hex("[2001:db8::]"), "20.1.d.b8.0.0.0.0.0.0.0.0.0.0.0.0");
  assertEquals(hex("::ffff:10.0.0.1"), "0.0.0.0.0.0.0.0.0.0.ff.ff.a.0.0.1");
  for (const none of ["localhost", "1.2.3", "256.1.1.1", "a:b", ""]) {
    assertEquals(hex(none), undefined);
  }
});
