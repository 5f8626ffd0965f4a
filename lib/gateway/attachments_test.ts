import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { MAX_ATTACHMENT_BYTES } from "../protocol/mod.ts";
import { readAttachments } from "./attachments.ts";

const PNG = { data: "iVBORw0KGgo=", mimeType: "image/png" };

Deno.test("readAttachments() reads both forms that clients send", () => {
  const forms: unknown[] = [
    { type: "image", mimeType: "image/png", fileName: "a.png", content: PNG.data },
    { source: { type: "base64", media_type: "image/png", data: PNG.data } },
    { mimeType: "image/png", content: `data:image/png;base64,${PNG.data}` },
    { content: `data:image/png;base64,${PNG.data}` },
    { mimeType: "image/png", content: "iVBOR\r\nw0KGgo=\n" },
  ];
  for (const form of forms) assertEquals(readAttachments([form]), [PNG], JSON.stringify(form));
  assertEquals(readAttachments(undefined), []);
  assertEquals(readAttachments(forms.slice(0, 2)).length, 2);
});

const REFUSED: [attachment: unknown, message: RegExp][] = [
  ["text", /^attachment 1: must be object$/],
  [null, /must be object/],
  [[], /must be object/],
  [{}, /has no base64 content/],
  [{ mimeType: "image/png", content: "" }, /has no base64 content/],
  [{ mimeType: "image/png", content: " \n " }, /has no base64 content/],
  [{ mimeType: "image/png", content: 7 }, /has no base64 content/],
  [{ mimeType: "image/png", content: "data:image/png;base64," }, /has no base64 content/],
  [{ source: {}, content: "AAAA", mimeType: "text/plain" }, /"text\/plain" is not an image/],
  [{ mimeType: "image/png", content: "not base64!" }, /content is not base64/],
  [{ mimeType: "image/png", content: "AA=A" }, /content is not base64/],
  [{ mimeType: "image/png", content: "AAAA===" }, /content is not base64/],
  [{ mimeType: "image/png", content: "https://images.example/a.png" }, /content is not base64/],
  [{ mimeType: "application/pdf", content: "AAAA" }, /"application\/pdf" is not an image/],
  [{ content: "AAAA" }, /has no type/],
  [{ mimeType: 7, content: "AAAA" }, /has no type/],
];

for (const [attachment, message] of REFUSED) {
  Deno.test(`readAttachments() refuses ${JSON.stringify(attachment)}`, () => {
    const error = assertThrows(() => readAttachments([attachment]), AppError);
    assertEquals(
      [error.code, message.test(error.message)],
      ["ATTACHMENT_INVALID", true],
      error.message,
    );
  });
}

Deno.test("readAttachments() names the attachment that is wrong", () => {
  const good = { mimeType: "image/png", content: "AAAA" };
  const error = assertThrows(() => readAttachments([good, good, {}]), AppError);
  assertEquals(error.message.startsWith("attachment 3:"), true);
});

Deno.test("readAttachments() takes 20 MiB and not a byte more", () => {
  const ofBytes = (bytes: number) => {
    const rest = bytes % 3;
    return "A".repeat(Math.floor(bytes / 3) * 4) + (rest === 1 ? "AA==" : rest === 2 ? "AAA=" : "");
  };
  const image = { mimeType: "image/png", content: ofBytes(MAX_ATTACHMENT_BYTES) };
  assertEquals(readAttachments([image]).length, 1);
  const larger = { mimeType: "image/png", content: ofBytes(MAX_ATTACHMENT_BYTES + 1) };
  const error = assertThrows(() => readAttachments([larger]), AppError);
  assertEquals(error.message, "attachment 1: is larger than 20 MiB");
});

Deno.test("readAttachments() is done at once with long texts that are not base64", () => {
  const started = performance.now();
  const content = "A" + " ".repeat(200_000) + "!";
  assertThrows(() => readAttachments([{ mimeType: "image/png", content }]), AppError);
  const tookMs = performance.now() - started;
  assertEquals(tookMs < 1000, true, `${tookMs} ms`);
});
