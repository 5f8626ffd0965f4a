import { assertEquals } from "@std/assert";
import { canonicalAddress } from "./ip_address.ts";

Deno.test("canonicalAddress() gives one spelling per host", () => {
  const cases: [string, string][] = [
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["2001:DB8::8:800:200C:417A", "2001:db8:0:0:8:800:200c:417a"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
  ];
  for (const [given, expected] of cases) {
    assertEquals(canonicalAddress(given), expected, given);
  }
});

Deno.test("canonicalAddress() leaves text that is no address alone", () => {
  for (const text of ["example", "1.2.3", "1.2.3.256", ":::1", "1:2:3:4:5:6:7:8:9", "12345::"]) {
    assertEquals(canonicalAddress(text), text);
  }
});
