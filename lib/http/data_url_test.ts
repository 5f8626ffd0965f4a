import { assertEquals } from "@std/assert";
import { isDataUrl, parseDataUrl } from "./data_url.ts";

Deno.test("parseDataUrl() takes apart what is base64, and nothing else", () => {
  assertEquals(parseDataUrl("DATA:image/PNG;name=a;Base64,AAAA"), {
    mimeType: "image/png",
    base64: "AAAA",
  });
  assertEquals(parseDataUrl('data:text/plain; charset="ISO-8859-1";base64,AAAA'), {
    mimeType: "text/plain",
    charset: "iso-8859-1",
    base64: "AAAA",
  });
  assertEquals(parseDataUrl("data:;base64,"), { mimeType: "", base64: "" });
  for (const url of ["data:text/plain,a", "data:image/png;base64", "data:,", "data:base64,AAAA"]) {
    assertEquals(parseDataUrl(url), undefined, url);
  }
  assertEquals([isDataUrl("Data:x"), isDataUrl("https://a.test/data:x")], [true, false]);
});
