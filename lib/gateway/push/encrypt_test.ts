import { assertEquals, assertRejects } from "@std/assert";
import { fromBase64, toBase64Url } from "../../base/mod.ts";
import { encryptPush } from "./encrypt.ts";
import { createVapidKeys, readVapidKeys, vapidAuthorization } from "./vapid.ts";

/** The example of RFC 8291, appendix A. */
const EXAMPLE = {
  message: "When I grow up, I want to be a watermelon",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  senderPrivate: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
  senderPublic:
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
  salt: "DGv6ra1nlYgDCS1FRnbzlw",
  body:
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
};

const bytes = (text: string) => fromBase64(text)!;

Deno.test("encryptPush() makes the body of the standard's example", async () => {
  const point = bytes(EXAMPLE.senderPublic);
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: toBase64Url(point.subarray(1, 33)),
    y: toBase64Url(point.subarray(33)),
  };
  const privateJwk = { ...jwk, d: EXAMPLE.senderPrivate };
  const body = await encryptPush(
    new TextEncoder().encode(EXAMPLE.message),
    { p256dh: bytes(EXAMPLE.p256dh), auth: bytes(EXAMPLE.auth) },
    {
      salt: bytes(EXAMPLE.salt),
      keys: {
        privateKey: await crypto.subtle.importKey("jwk", privateJwk, curve, false, ["deriveBits"]),
        publicKey: await crypto.subtle.importKey("jwk", jwk, curve, true, []),
      },
    },
  );
  assertEquals(toBase64Url(body), EXAMPLE.body);
});

Deno.test("encryptPush() refuses a key that is no point of the curve", async () => {
  const p256dh = bytes(EXAMPLE.p256dh);
  p256dh[64]! ^= 1;
  await assertRejects(() => encryptPush(new Uint8Array(1), { p256dh, auth: bytes(EXAMPLE.auth) }));
});

Deno.test("vapidAuthorization() signs for the endpoint's origin with the announced key", async () => {
  const keys = await createVapidKeys();
  assertEquals(readVapidKeys(JSON.parse(JSON.stringify(keys))), keys);
  assertEquals(readVapidKeys({ ...keys, privateKey: "x" }), undefined);
  const header = await vapidAuthorization(
    keys,
    "https://push.example.com/send/abc?x=1",
    "mailto:a@example.com",
    1_750_000_000_000,
  );
  const [, token, key] = /^vapid t=(\S+), k=(\S+)$/.exec(header)!;
  assertEquals(key, keys.publicKey);
  const [head, claims, signature] = token!.split(".");
  const read = (part: string) => JSON.parse(new TextDecoder().decode(bytes(part)));
  assertEquals(read(head!), { typ: "JWT", alg: "ES256" });
  assertEquals(read(claims!), {
    aud: "https://push.example.com",
    exp: 1_750_043_200,
    sub: "mailto:a@example.com",
  });
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const isGenuine = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    await crypto.subtle.importKey("raw", bytes(keys.publicKey), curve, false, ["verify"]),
    bytes(signature!),
    new TextEncoder().encode(`${head}.${claims}`),
  );
  assertEquals(isGenuine, true);
});
