/**
 * The targets, and where the base of each one comes from when only npm can be reached.
 *
 * The fallback bases are recovered from executables that `deno compile` of Deno 2.7.11 wrote and that
 * are published on npm. Tarball and recovered base are both pinned.
 *
 * @module
 */

/** The Deno release whose CLI embeds into the fallback base. */
export const FALLBACK_CLI_VERSION = "2.8.3";
/** The Deno release that the fallback base is. */
export const FALLBACK_BASE_VERSION = "2.7.11";

/** A pinned fallback base. */
export interface PinnedBase {
  /** The npm package, without registry. */
  readonly package: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as the registry states it. */
  readonly integrity: string;
  /** The executable inside the tarball. */
  readonly file: string;
  readonly baseBytes: number;
  readonly baseSha256: string;
}

/** One system that the executable is built for. */
export interface Target {
  readonly triple: string;
  /** As in the name of the output: `<os>-<arch>`. */
  readonly name: string;
  readonly extension: "" | ".exe";
  readonly fallback: PinnedBase;
}

/** The five targets. */
export const TARGETS: readonly Target[] = [
  {
    triple: "x86_64-unknown-linux-gnu",
    name: "linux-x64",
    extension: "",
    fallback: {
      package: "@stdy/cli-linux-x64",
      version: "0.22.2",
      integrity:
        "sha512-kp5QdG26EC8gEzVXI0YgzmiiFHz7DFCNRLNfAWa2rDPHr/jUBnfkP8AlbTPmv0YNQpnKn1wzSWHFw88fn/OTog==",
      file: "package/bin/steady",
      baseBytes: 97_076_048,
      baseSha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
    },
  },
  {
    triple: "aarch64-unknown-linux-gnu",
    name: "linux-arm64",
    extension: "",
    fallback: {
      package: "@stdy/cli-linux-arm64",
      version: "0.22.2",
      integrity:
        "sha512-HjSQdAt40CpYIauUKJ1xyIEsdrf5LtQP1x8Su7BEZJN94807ROJXxabW+jXyc48823tVBkrnxNUUTrBK4TVTRw==",
      file: "package/bin/steady",
      baseBytes: 90_596_104,
      baseSha256: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
    },
  },
  {
    triple: "x86_64-apple-darwin",
    name: "macos-x64",
    extension: "",
    fallback: {
      package: "@stdy/cli-darwin-x64",
      version: "0.22.2",
      integrity:
        "sha512-BYbQhEqBiEd+G9IyXWLpgAcSXFKMr6W3ZQXiOS3O5NnOWv+bNuyo793eBvEJ5fRKiuCV6n/ANVSJZLFOf6Nzog==",
      file: "package/bin/steady",
      baseBytes: 87_962_184,
      baseSha256: "56688cbe3a36cc79bb94368570385884ccd82ee8c54a127050df792923562cc2",
    },
  },
  {
    triple: "aarch64-apple-darwin",
    name: "macos-arm64",
    extension: "",
    fallback: {
      package: "@stdy/cli-darwin-arm64",
      version: "0.22.2",
      integrity:
        "sha512-k5WGyCQl7DDpYWy3BI5TxGIxOdUpMeJ0q7kUi1EYs7Y72B/q0hIKDv3/fCgoZPWBI+N9XjnlSyetaxVQTRvWow==",
      file: "package/bin/steady",
      baseBytes: 80_260_146,
      baseSha256: "905e502336571de23a06b3617bcbc170d2837c45cc140ebf7d11e0ab32c46a33",
    },
  },
  {
    triple: "x86_64-pc-windows-msvc",
    name: "windows-x64",
    extension: ".exe",
    fallback: {
      package: "@stdy/cli-win32-x64",
      version: "0.22.2",
      integrity:
        "sha512-7ZsJltOYVvMTl6eAy1AKMya7TFhb629FXr/BKZTyQsBrPj28rAaebQSTFYs1IZN0+n6LnJTpue6m4SIkevqBNA==",
      file: "package/bin/steady.exe",
      baseBytes: 97_526_969,
      baseSha256: "f61a8733b07d8fe6746543e8c602a0f583cd9baa591a94d63ea59c2349a7ef85",
    },
  },
];

/**
 * The targets that a `--target` argument asks for.
 *
 * @param wanted `host`, `all`, a triple, or a name such as `linux-x64`; several separated by commas.
 * @param host The triple of this machine.
 * @throws {Error} When one is not known.
 */
export function resolveTargets(wanted: string, host: string): readonly Target[] {
  if (wanted === "all") return TARGETS;
  return wanted.split(",").map((word) => {
    const name = word === "host" ? host : word;
    const target = TARGETS.find((one) => one.triple === name || one.name === name);
    if (target !== undefined) return target;
    const known = TARGETS.map((one) => one.triple).join(", ");
    throw new Error(`Cannot compile for "${name}": known targets are host, all, ${known}`);
  });
}
