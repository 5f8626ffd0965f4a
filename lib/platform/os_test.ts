import { assert, assertEquals, assertMatch } from "@std/assert";
import { resolve } from "@std/path";
import { envOf } from "../base/mod.ts";
import {
  deviceFamily,
  homeDir,
  hostName,
  isContainer,
  isContainerCgroup,
  machineArch,
  osName,
  platformLabel,
  primaryAddress,
  tempDir,
  terminalWidth,
  userId,
  userName,
} from "./os.ts";

Deno.test("homeDir() prefers OPENCLAW_HOME, then HOME, then USERPROFILE", () => {
  const all = { OPENCLAW_HOME: "/o", HOME: "/h", USERPROFILE: "/u" };
  assertEquals(homeDir(envOf(all)), resolve("/o"));
  assertEquals(homeDir(envOf({ ...all, OPENCLAW_HOME: " " })), resolve("/h"));
  assertEquals(homeDir(envOf({ USERPROFILE: "/u" })), resolve("/u"));
});

Deno.test("homeDir() expands a leading tilde only", () => {
  assertEquals(homeDir(envOf({ OPENCLAW_HOME: "~", HOME: "/h" })), resolve("/h"));
  assertEquals(homeDir(envOf({ OPENCLAW_HOME: "~/x/", HOME: "/h" })), resolve("/h/x"));
  assertEquals(homeDir(envOf({ OPENCLAW_HOME: "~x", HOME: "/h" })), resolve("~x"));
});

Deno.test({
  name: "homeDir() asks the user database last",
  ignore: Deno.build.os !== "linux",
  fn: () => assertMatch(homeDir(envOf({})), /^\//),
});

Deno.test({
  name: "tempDir() follows the environment, without a slash at the end",
  ignore: Deno.build.os === "windows",
  fn() {
    assertEquals(tempDir(envOf({ TMPDIR: "/a/", TMP: "/b" })), "/a");
    assertEquals(tempDir(envOf({ TEMP: "/c" })), "/c");
    assertEquals(tempDir(envOf({})), "/tmp");
  },
});

Deno.test("isContainer() knows the marks of containers", () => {
  assertEquals(isContainer(envOf({ FLY_MACHINE_ID: "1", FLY_APP_NAME: "a" })), true);
  assertEquals(isContainerCgroup("0::/docker/abc\n"), true);
  assertEquals(isContainerCgroup("1:name=systemd:/kubepods/besteffort/pod1\n"), true);
  assertEquals(isContainerCgroup("0::/init.scope\n"), false);
  assertEquals(isContainerCgroup("0::/lxcfs.service\n"), false);
});

Deno.test("facts about this machine have their forms", () => {
  assert(["linux", "darwin", "windows"].includes(osName()));
  assert(["Linux", "macOS", "Windows"].includes(deviceFamily()));
  assert(["x64", "arm64"].includes(machineArch()));
  assertMatch(platformLabel(), /^(linux|macos|windows) \S+/);
  assert(hostName().length > 0);
  assert(terminalWidth() > 0);
  const address = primaryAddress();
  if (address !== undefined) assertMatch(address, /^(?!127\.)\d+\.\d+\.\d+\.\d+$/);
  if (osName() === "linux" && userId() === 0) assertEquals(userName(0), "root");
});
