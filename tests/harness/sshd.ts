/**
 * A real SSH server with keys of its own, on a port of its own, that lets the user of the test in.
 *
 * @module
 */
import { join } from "@std/path";
import { freePort } from "../../scripts/harness/ports.ts";
import { type StartProgram, startProgram } from "../../lib/platform/mod.ts";

const PLACES = [
  ...[Deno.env.get("OPENCLAW_TEST_SSHD")].filter((path) => path !== undefined),
  "/usr/sbin/sshd",
  "/usr/local/sbin/sshd",
];

/** The program, where this machine has one. */
export function findSshd(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** A running server; its own `ssh` settings know its key unless a test says otherwise. */
export class Sshd implements AsyncDisposable {
  readonly dir: string;
  readonly port: number;
  /** Private key that the server knows. */
  readonly identity: string;
  readonly #child: Deno.ChildProcess;

  private constructor(dir: string, port: number, child: Deno.ChildProcess) {
    this.dir = dir;
    this.port = port;
    this.identity = join(dir, "user_key");
    this.#child = child;
  }

  static async start(program: string, settings: readonly string[] = []): Promise<Sshd> {
    const dir = await Deno.makeTempDir({ prefix: "openclaw-sshd-" });
    for (const name of ["host_key", "user_key", "other_key"]) await makeKey(join(dir, name));
    await Deno.copyFile(join(dir, "user_key.pub"), join(dir, "authorized_keys"));
    const port = freePort();
    const config = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${dir}/host_key`,
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      `PidFile ${dir}/pid`,
      "PermitRootLogin yes",
      "StrictModes no",
      "UsePAM no",
      ...settings,
    ];
    await Deno.writeTextFile(join(dir, "sshd_config"), config.join("\n") + "\n");
    // Where root runs it, it insists on this folder.
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true, mode: 0o755 });
    const child = new Deno.Command(program, {
      args: ["-D", "-f", join(dir, "sshd_config")],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const sshd = new Sshd(dir, port, child);
    await sshd.#knowHostKey();
    await waitForPort(port);
    return sshd;
  }

  /** As `gateway.remote.sshTarget`. */
  get target(): string {
    return `${userName()}@127.0.0.1:${this.port}`;
  }

  /** Starts `ssh` without the settings and the known hosts of whoever runs the test. */
  startProgram(knownHosts = join(this.dir, "known_hosts")): StartProgram {
    const own = ["-F", "none", "-o", `UserKnownHostsFile=${knownHosts}`];
    return (command, args) => startProgram(command, [...own, ...args]);
  }

  async #knowHostKey(): Promise<void> {
    const [kind, key] = (await Deno.readTextFile(join(this.dir, "host_key.pub"))).split(" ");
    const line = `[127.0.0.1]:${this.port} ${kind} ${key}\n`;
    await Deno.writeTextFile(join(this.dir, "known_hosts"), line);
    const [, other] = (await Deno.readTextFile(join(this.dir, "other_key.pub"))).split(" ");
    await Deno.writeTextFile(
      join(this.dir, "changed_hosts"),
      `[127.0.0.1]:${this.port} ${kind} ${other}\n`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await Deno.remove(this.dir, { recursive: true });
  }
}

async function makeKey(path: string): Promise<void> {
  const args = ["-q", "-t", "ed25519", "-N", "", "-f", path];
  const { success } = await new Deno.Command("ssh-keygen", { args }).output();
  if (!success) throw new Error("ssh-keygen failed");
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`sshd does not listen on ${port}`);
}

function userName(): string {
  return Deno.env.get("USER") || "root";
}
