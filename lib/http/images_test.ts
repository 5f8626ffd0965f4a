import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { HttpError } from "./errors.ts";
import { type FetchImage, imageLimits, loadImagesWithin } from "./images.ts";

const PIXEL = "iVBORw0KGgo=";
const LIMITS = { ...imageLimits({}), maxBytes: 30, maxTotalBytes: 50 };

const noFetch: FetchImage = () => Promise.reject(new Error("nothing is to be fetched"));

function image(url: unknown) {
  return { type: "image_url", image_url: { url } };
}

const png = (data: string) => image(`data:image/png;base64,${data}`);

Deno.test("loadImagesWithin() takes base64 data, with the address as object or text", async () => {
  const parts = [png(PIXEL), { type: "image_url", image_url: `DATA:image/GIF;base64,${PIXEL}` }];
  assertEquals(await loadImagesWithin(parts, LIMITS, noFetch), [
    { data: PIXEL, mimeType: "image/png" },
    { data: PIXEL, mimeType: "image/gif" },
  ]);
  assertEquals(await loadImagesWithin([], LIMITS, noFetch), []);
});

Deno.test("loadImagesWithin() refuses images outside the limits", async () => {
  const cases: [string, unknown[]][] = [
    ["remote address", [image("https://gateway.test/a.png")]],
    ["no address", [image(undefined)]],
    ["not base64", [image("data:image/png,abc")]],
    ["no comma", [image("data:image/png;base64")]],
    ["type", [image("data:image/svg+xml;base64,AAAA")]],
    ["empty", [png("")]],
    ["characters", [png("A*A=")]],
    ["cut off", [png("AAAAA")]],
    ["too many", Array.from({ length: 9 }, () => png("AAAA"))],
    ["too large", [png("A".repeat(44))]],
    ["too large together", [png("A".repeat(40)), png("A".repeat(40))]],
  ];
  for (const [name, parts] of cases) {
    const error = await assertRejects(
      () => loadImagesWithin(parts, LIMITS, noFetch),
      HttpError,
      "",
      name,
    );
    assertEquals([error.status, error.code], [400, "INVALID_IMAGE"], name);
    assertEquals(error.message, "Invalid image_url content in `messages`.");
  }
});

Deno.test("loadImagesWithin() fetches where that is allowed, and keeps the limits", async () => {
  const asked: string[] = [];
  const fetchImage = (length: number, mimeType?: string): FetchImage => (url) => {
    asked.push(url);
    const bytes = new Uint8Array(length);
    return Promise.resolve(mimeType === undefined ? { bytes } : { bytes, mimeType });
  };
  const url = "https://pictures.test/a.png";
  const open = { ...LIMITS, allowUrl: true };
  assertEquals(await loadImagesWithin([png(PIXEL), image(url)], open, fetchImage(3, "image/png")), [
    { data: PIXEL, mimeType: "image/png" },
    { data: "AAAA", mimeType: "image/png" },
  ]);
  const refused = async (parts: unknown[], fetch: FetchImage, limits = open) =>
    (await assertRejects(() => loadImagesWithin(parts, limits, fetch), HttpError)).hint;
  assertEquals(asked.splice(0), [url]);
  await refused([image(url)], fetchImage(3, "text/html"));
  await refused([image(url)], fetchImage(3));
  await refused([image(url)], fetchImage(31, "image/png"));
  await refused([png("A".repeat(40)), image(url)], fetchImage(29, "image/png"));
  asked.length = 0;
  await refused([image(url)], fetchImage(3, "image/png"), LIMITS);
  await refused([png("A".repeat(44)), image(url)], fetchImage(3, "image/png"));
  assertEquals(asked, []);
  const failing: FetchImage = () => Promise.reject(new AppError("FETCH_FAILED", "Cannot fetch"));
  assertEquals(await refused([image(url)], failing), "Cannot fetch");
});
