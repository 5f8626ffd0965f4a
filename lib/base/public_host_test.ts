import { assertEquals } from "@std/assert";
import { isPublicAddress, isPublicHost } from "./public_host.ts";

Deno.test("isPublicAddress() refuses every range that is not of the internet", () => {
  const closed = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.19.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
    "2001::1",
    "2002:7f00:1::",
    "not an address",
    "",
  ];
  for (const address of closed) assertEquals(isPublicAddress(address), false, address);
  const open = [
    "8.8.8.8",
    "100.128.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700::1",
    "2a00:1450::5",
  ];
  for (const address of open) assertEquals(isPublicAddress(address), true, address);
});

Deno.test("isPublicHost() sees through the ways in which URLs write addresses", () => {
  const cases: [url: string, isPublic: boolean][] = [
    ["https://fcm.googleapis.com/x", true],
    ["https://8.8.8.8/", true],
    ["https://[2606:4700::1]/", true],
    ["https://0x7f.1/", false],
    ["https://2130706433/", false],
    ["https://127.1/", false],
    ["https://[::ffff:7f00:1]/", false],
    ["https://localhost/", false],
    ["https://gateway/", false],
    ["https://a.localhost/", false],
    ["https://nas.local./", false],
    ["https://metadata.google.internal/", false],
    ["https://local.example.com/", true],
  ];
  for (const [url, isPublic] of cases) assertEquals(isPublicHost(new URL(url)), isPublic, url);
});
