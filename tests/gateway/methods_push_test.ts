import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { type MethodsContext, withGateway } from "./methods_harness.ts";

/** A browser's push service and its name service, as the gateway sees them. */
class FakeInternet {
  readonly requests: { url: string; init: RequestInit | undefined }[] = [];
  status = 201;
  address = "203.0.114.7";

  fetch(url: string, init?: RequestInit): Promise<Response> {
    this.requests.push({ url, init });
    return Promise.resolve(new Response("x", { status: this.status }));
  }

  resolveHost(): Promise<string[]> {
    return Promise.resolve([this.address]);
  }
}

interface Browser {
  readonly subscription: Frame;
  /** Reads a body as the browser would. */
  open(body: Uint8Array<ArrayBuffer>): Promise<unknown>;
}

async function newBrowser(name: string): Promise<Browser> {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]) as CryptoKeyPair;
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const auth = crypto.getRandomValues(new Uint8Array(16));
  const text = (value: string) => new TextEncoder().encode(value);
  const hkdf = async (secret: BufferSource, salt: BufferSource, info: BufferSource, n: number) => {
    const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
    return await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt, info },
      key,
      n * 8,
    );
  };
  return {
    subscription: {
      endpoint: `https://push.example.com/${name}`,
      keys: {
        p256dh: point.toBase64({ alphabet: "base64url", omitPadding: true }),
        auth: auth.toBase64(),
      },
    },
    async open(body) {
      const salt = body.slice(0, 16);
      const sender = body.slice(21, 21 + body[20]!);
      const theirs = await crypto.subtle.importKey("raw", sender, curve, false, []);
      const shared = await crypto.subtle.deriveBits(
        { name: "ECDH", public: theirs },
        pair.privateKey,
        256,
      );
      const info = new Uint8Array([...text("WebPush: info\0"), ...point, ...sender]);
      const material = await hkdf(shared, auth, info, 32);
      const key = await hkdf(material, salt, text("Content-Encoding: aes128gcm\0"), 16);
      const iv = await hkdf(material, salt, text("Content-Encoding: nonce\0"), 12);
      const plain = new Uint8Array(
        await crypto.subtle.decrypt(
          { name: "AES-GCM", iv },
          await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]),
          body.slice(21 + body[20]!),
        ),
      );
      assertEquals(plain.at(-1), 2);
      return JSON.parse(new TextDecoder().decode(plain.slice(0, -1)));
    },
  };
}

async function withPush(
  test: (context: MethodsContext, internet: FakeInternet) => Promise<void>,
): Promise<void> {
  const internet = new FakeInternet();
  await withGateway((context) => test(context, internet), {}, { network: internet });
}

Deno.test("push.web: a browser subscribes, reads a message only it can read, and leaves", () =>
  withPush(async ({ result }, internet) => {
    const browser = await newBrowser("one");
    const { vapidPublicKey } = await result("push.web.vapidPublicKey");
    assertMatch(vapidPublicKey, /^[\w-]{87}$/);
    const { subscriptionId } = await result("push.web.subscribe", browser.subscription);
    assertEquals(await result("push.web.subscribe", browser.subscription), { subscriptionId });
    assertEquals(await result("push.web.test", { title: "Hi", body: "There" }), {
      results: [{ ok: true, subscriptionId, statusCode: 201 }],
    });
    const [{ url, init }] = internet.requests as [{ url: string; init: RequestInit }];
    const headers = new Headers(init.headers);
    assertEquals(url, browser.subscription.endpoint);
    assertEquals([headers.get("content-encoding"), init.redirect], ["aes128gcm", "manual"]);
    assert(headers.get("authorization")!.endsWith(`k=${vapidPublicKey}`));
    const body = init.body as Uint8Array<ArrayBuffer>;
    assertEquals(await browser.open(body), { title: "Hi", body: "There" });

    const { endpoint } = browser.subscription;
    assertEquals(await result("push.web.unsubscribe", { endpoint }), { removed: true });
    assertEquals(await result("push.web.unsubscribe", { endpoint }), { removed: false });
    assertEquals(await result("push.web.test"), { results: [] });
  }));

Deno.test("push.web: those that have ended are forgotten, those in trouble are kept", () =>
  withPush(async ({ result }, internet) => {
    await result("push.web.subscribe", (await newBrowser("one")).subscription);
    internet.status = 503;
    const [trouble] = (await result("push.web.test")).results;
    assertEquals([trouble.ok, trouble.statusCode, trouble.removed], [false, 503, undefined]);
    internet.status = 410;
    const [gone] = (await result("push.web.test")).results;
    assertEquals([gone.ok, gone.statusCode, gone.removed], [false, 410, true]);
    assertEquals((await result("push.web.test")).results, []);
  }));

Deno.test("push.web: nothing is sent into a private network", () =>
  withPush(async ({ result, socket }, internet) => {
    const { subscription } = await newBrowser("one");
    const cases: [change: Frame, message: RegExp][] = [
      [
        { endpoint: "http://push.example.com/x" },
        /at \/endpoint: must match pattern "\^https:\/\/"$/,
      ],
      [{ endpoint: "https://127.0.0.1/x" }, /must be a host of the public internet/],
      [{ endpoint: "https://[::1]/x" }, /must be a host of the public internet/],
      [{ endpoint: "https://nas.local/x" }, /must be a host of the public internet/],
      [{ endpoint: "https://a:b@push.example.com/x" }, /must match pattern/],
      [{ endpoint: "https://" }, /must be an address/],
      [{ keys: { ...subscription.keys, p256dh: "AAAA" } }, /p256dh: must be 65 bytes/],
      [{ keys: { ...subscription.keys, auth: "" } }, /at \/keys\/auth/],
    ];
    for (const [change, message] of cases) {
      const { error } = await socket.call("push.web.subscribe", { ...subscription, ...change });
      assertEquals(error.code, "INVALID_REQUEST");
      assertMatch(error.message, message);
    }
    await result("push.web.subscribe", subscription);
    internet.address = "10.0.0.7";
    const [refused] = (await result("push.web.test")).results;
    assertMatch(refused.error, /push\.example\.com leads to 10\.0\.0\.7/);
    assertEquals(internet.requests, []);
  }));

Deno.test("push.web: keys and subscriptions outlive a restart, an earlier gateway's keys are kept", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const point = (await newBrowser("x")).subscription.keys.p256dh;
  const privateKey = crypto.getRandomValues(new Uint8Array(32))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  await Deno.mkdir(`${stateDir}/push`);
  await Deno.writeTextFile(
    `${stateDir}/push/vapid-keys.json`,
    JSON.stringify({ publicKey: point, privateKey, subject: "mailto:a@example.com" }),
  );
  const { subscription } = await newBrowser("earlier");
  await Deno.writeTextFile(
    `${stateDir}/push/web-push-subscriptions.json`,
    JSON.stringify({
      subscriptionsByEndpointHash: {
        a: { ...subscription, subscriptionId: "s1", createdAtMs: 1, updatedAtMs: 1 },
        b: { ...subscription, endpoint: "https://127.0.0.1/x", subscriptionId: "s2" },
      },
    }),
  );
  const start = async (test: (socket: TestSocket) => Promise<void>) => {
    await using gateway = await TestGateway.start({ stateDir, network: new FakeInternet() });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await test(socket);
  };
  try {
    await start(async (socket) => {
      const { payload } = await socket.call("push.web.vapidPublicKey");
      assertEquals(payload.vapidPublicKey, point);
      await socket.call("push.web.subscribe", (await newBrowser("one")).subscription);
    });
    await Deno.remove(`${stateDir}/push`, { recursive: true });
    await start(async (socket) => {
      const { payload } = await socket.call("push.web.vapidPublicKey");
      assertEquals(payload.vapidPublicKey, point);
      const { results } = (await socket.call("push.web.test")).payload;
      assertEquals(results.length, 2);
      assertEquals(results[0].subscriptionId, "s1");
    });
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
