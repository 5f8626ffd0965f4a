import { assert, assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { buildPlist, type PlistDict } from "./plist.ts";
import { parsePlist } from "./plist_reader.ts";

const HOSTILE = `a&b<c>"d'e\r\n\t]]> &amp; 🦞 状態`;

Deno.test("parsePlist() reads what buildPlist() writes", () => {
  const root: PlistDict = {
    text: HOSTILE,
    [HOSTILE]: "",
    numbers: [0, -1, 63],
    nested: { yes: true, no: false, deeper: [{ a: [] }, {}] },
    ["__proto__"]: "plain",
  };
  const read = parsePlist(buildPlist(root));
  assertEquals(Object.entries(read), Object.entries(root));
});

Deno.test("parsePlist() reads what others write", () => {
  const text = "\ufeff<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE plist SYSTEM 'x'>\r\n" +
    "<plist version='1.0'><dict ><!-- c --><key>a</key><string/><key>b</key><array/>" +
    "<key>c</key><true></true><key>d</key><real> 1.5 </real><key>e</key><data>\nQQ==\n</data>" +
    "<key>f</key><string>x&#38;&#x26;<![CDATA[<&amp;>]]></string><key>g</key><integer>7</integer>" +
    "<key>h</key><date>2026-01-01T00:00:00Z</date></dict></plist>\n";
  assertEquals(parsePlist(text), {
    a: "",
    b: [],
    c: true,
    d: 1.5,
    e: "QQ==",
    f: "x&&<&amp;>",
    g: 7,
    h: "2026-01-01T00:00:00Z",
  });
});

const REFUSED: readonly [name: string, text: string][] = [
  ["nothing", ""],
  ["the binary form", "bplist00\xd1\x01"],
  ["another document", "<html></html>"],
  ["a list", "<plist><array></array></plist>"],
  ["a missing end", "<plist><dict>"],
  ["a key without a value", "<plist><dict><key>a</key></dict></plist>"],
  ["a value without a key", "<plist><dict><string>a</string></dict></plist>"],
  ["an unknown element", "<plist><dict><key>a</key><script>1</script></dict></plist>"],
  ["a number that is none", "<plist><dict><key>a</key><integer>x</integer></dict></plist>"],
  ["an unknown entity", "<plist><dict><key>&x;</key><true/></dict></plist>"],
  ["an impossible character", "<plist><dict><key>&#x110000;</key><true/></dict></plist>"],
  ["entities of its own", "<!DOCTYPE p [<!ENTITY a 'b'>]><plist><dict></dict></plist>"],
  ["elements in a text", "<plist><dict><key>a<b></b></key><true/></dict></plist>"],
  ["depth without end", `<plist>${"<array>".repeat(100)}`],
];

for (const [name, text] of REFUSED) {
  Deno.test(`parsePlist() refuses ${name}`, () => {
    const error = assertThrows(() => parsePlist(text), AppError);
    assertEquals(error.code, "SERVICE_CHECK_FAILED");
  });
}

Deno.test("parsePlist() ends with a refusal for random bytes and for damaged lists", () => {
  const whole = buildPlist({ a: [HOSTILE, 1, true], b: { c: "d" } });
  for (let round = 0; round < 500; round++) {
    const noise = crypto.getRandomValues(new Uint8Array(60));
    const at = noise[0]! * whole.length >> 8;
    const damaged = whole.slice(0, at) + new TextDecoder().decode(noise) + whole.slice(at + 9);
    for (const text of [damaged, whole.slice(0, at), new TextDecoder().decode(noise)]) {
      try {
        parsePlist(text);
      } catch (error) {
        assert(error instanceof AppError, `${error}: ${JSON.stringify(text)}`);
      }
    }
  }
});

Deno.test("buildPlist() refuses characters that XML cannot hold", () => {
  for (const text of ["\0", "a\x1b[0m", "\ud800", "\ufffe"]) {
    assertThrows(() => buildPlist({ a: text }), AppError, "control character");
  }
});
