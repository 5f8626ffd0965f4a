import { assert, assertEquals } from "@std/assert";
import { Chromium, findChromium } from "../harness/chromium.ts";
import { TestGateway } from "../harness/gateway.ts";
import { type Attempt, HostilePage, Rebinder } from "./hostile_page.ts";
import { REBOUND } from "./http_table.ts";

const chromium = findChromium();
if (chromium === undefined) {
  console.log(
    "hostile pages are not tried: install Debian's chromium, or set OPENCLAW_TEST_CHROMIUM",
  );
}

/** Without any credential: the worst case there is. */
function startOpen(allowedOrigins: string[] = []): Promise<TestGateway> {
  const http = { cors: { allowedOrigins }, endpoints: { metrics: { enabled: true } } };
  return TestGateway.start({
    config: { gateway: { mode: "local", http } },
    secret: { mode: "none" },
  });
}

/** What a page got out of the gateway; the bare yes of a probe is nothing. */
function takings(attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter(({ what, outcome }) =>
    outcome.startsWith("hello") || what.startsWith("script") && outcome === "loaded" ||
    isRead(outcome) && outcome !== '200 {"ready":true}'
  );
}

/** Whether an answer was read that is no refusal. */
function isRead(outcome: string): boolean {
  return /^200|"object"|"choices"|openapi/.test(outcome);
}

async function attack(
  url: (page: HostilePage, id: string) => string,
  names: Record<string, string> = {},
): Promise<Attempt[]> {
  await using page = new HostilePage();
  const id = crypto.randomUUID();
  await using _browser = await Chromium.open(chromium!, url(page, id), names);
  return await page.report(id);
}

/** Nothing was begun, nothing changed, nobody is connected. */
function assertUntouched({ gateway: { state } }: TestGateway): void {
  assertEquals(state.store.listSessions({ limit: 1 }).total, 0, "a run was begun");
  assertEquals([state.runs.activeCount, state.broadcaster.size], [0, 0]);
}

function pageTest(name: string, run: () => Promise<void>): void {
  Deno.test({ name: `hostile page: ${name}`, ignore: chromium === undefined, fn: run });
}

for (const host of ["elsewhere.example", "localhost", "127.0.0.1"]) {
  pageTest(`served from ${host}, gets nothing from a gateway without a credential`, async () => {
    await using gateway = await startOpen();
    const { port } = gateway.gateway;
    const targets = ["127.0.0.1", "localhost", REBOUND].map((name) => `http://${name}:${port}`);
    const names = { "elsewhere.example": "127.0.0.1", [REBOUND]: "127.0.0.1" };
    const attempts = await attack((page, id) => page.url(host, id, targets), names);
    assert(attempts.length >= 60, `${attempts.length} attempts`);
    assertEquals(takings(attempts), []);
    assertUntouched(gateway);
  });
}

pageTest("under a name that was made to point here, gets nothing", async () => {
  await using gateway = await startOpen();
  const { port } = gateway.gateway;
  await using _rebinder = new Rebinder("127.0.0.2", port);
  const own = `http://${REBOUND}:${port}`;
  const attempts = await attack((page, id) => page.elsewhere(own, id, [own]), {
    [REBOUND]: "127.0.0.2",
  });
  const answered = attempts.filter(({ outcome }) => /^[45]\d\d/.test(outcome));
  assert(answered.length > 5, "its requests are of the same origin, so it reads refusals");
  for (const { what, outcome } of answered) {
    assert(outcome.startsWith("403"), `${what}: ${outcome}`);
  }
  assertEquals(takings(attempts), []);
  assertUntouched(gateway);
});

pageTest(
  "that is listed is no stranger: what the others are refused is there to be had",
  async () => {
    const host = "127.0.0.1";
    await using page = new HostilePage();
    const origin = new URL(page.reportUrl).origin;
    await using gateway = await startOpen([origin]);
    const id = crypto.randomUUID();
    const url = page.url(host, id, [gateway.httpUrl]);
    await using _browser = await Chromium.open(chromium!, url);
    const attempts = await page.report(id);
    const read = takings(attempts).map(({ what }) => what);
    for (const what of ["GET", "simple POST", "POST as JSON"]) {
      assert(
        read.some((each) => each.startsWith(`${what} `)),
        `${what} of ${JSON.stringify(attempts)}`,
      );
    }
    assert(gateway.gateway.state.store.listSessions({ limit: 1 }).total > 0);
  },
);
