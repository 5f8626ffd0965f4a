/**
 * A real systemd in namespaces of its own: it sees no other service manager, and nobody else sees its
 * units. Needs root and Linux; ends with everything it has started.
 *
 * {@linkcode SystemdBox.start} has a user's manager only and is there within a second;
 * {@linkcode SystemdBox.boot} is a whole system over a copy of this one's files: logind, journal, and a
 * normal user `claw`.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const BOXES = join(ROOT, ".cache", "boxes");
const SYSTEMD = "/lib/systemd/systemd";
const START_BUDGET_MS = 60_000;
const BOOT_BUDGET_MS = 60_000;
const POLL_MS = 50;

/** The first process of the namespaces; systemd refuses to be that itself. */
const INIT = `
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/user/0
chmod 700 /run/user/0
${SYSTEMD} --user >"$BOX_LOG" 2>&1 &
wait
`;

/** The same for a whole system; its files are layered over those of this one. */
const BOOT = `
set -eu
umask 022
mount -t tmpfs tmpfs "$BOX"
mkdir "$BOX/up" "$BOX/work" "$BOX/root"
R="$BOX/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$BOX/up,workdir=$BOX/work" "$R"
mount -t proc proc "$R/proc"
mount --rbind /sys "$R/sys"
mount -t tmpfs tmpfs "$R/dev"
# Nodes of its own: what the system does to their owners must not reach those of this one.
node() { mknod -m 666 "$R/dev/$1" c "$2" "$3"; }
node null 1 3
node zero 1 5
node full 1 7
node random 1 8
node urandom 1 9
node tty 5 0
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
mount -t tmpfs tmpfs "$R/dev/shm"
mount -t tmpfs tmpfs "$R/run"
mkdir -p "$R/oldroot"
cd "$R"
pivot_root . oldroot
umount -l /oldroot
for unit in systemd-udevd systemd-modules-load systemd-networkd systemd-resolved console-getty; do
  ln -sf /dev/null "/etc/systemd/system/$unit.service"
done
# A start would empty the temporary folder, in which this checkout may be.
mkdir -p /etc/tmpfiles.d
ln -sf /dev/null /etc/tmpfiles.d/tmp.conf
id claw >/dev/null 2>&1 || useradd --create-home claw
exec env -i container=oci PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${SYSTEMD} --system --log-target=journal </dev/null
`;

/** What a command in the box came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why no box can be made here; `undefined` when one can. */
export function whyNoBox(): string | undefined {
  if (Deno.build.os !== "linux") return "systemd is Linux only";
  if (Deno.uid() !== 0) return "namespaces need root";
  for (const path of [SYSTEMD, "/usr/bin/systemctl", "/usr/bin/nsenter", "/usr/bin/unshare"]) {
    try {
      Deno.statSync(path);
    } catch {
      return `there is no ${path} (apt-get install systemd util-linux)`;
    }
  }
  const tried = new Deno.Command("unshare", {
    args: ["--mount", "--pid", "--fork", "--mount-proc", "true"],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return tried.success ? undefined : "this machine allows no namespaces";
}

/** A user's service manager, and the `openclaw` it is driven by. */
export class SystemdBox implements AsyncDisposable {
  /** Home of the user in the box; its own, below a folder that goes with the box. */
  readonly home: string;
  readonly #folder: string;
  readonly #init: Deno.ChildProcess;
  readonly #pid: number;
  readonly #program: string;
  readonly #turn: Deno.FsFile | undefined;

  private constructor(
    folder: string,
    init: Deno.ChildProcess,
    pid: number,
    program: string,
    home: string,
    turn?: Deno.FsFile,
  ) {
    this.#turn = turn;
    this.#folder = folder;
    this.home = home;
    this.#init = init;
    this.#pid = pid;
    this.#program = program;
  }

  /** Starts systemd and waits until it takes commands. */
  static async start(): Promise<SystemdBox> {
    const folder = await boxFolder();
    await Deno.mkdir(join(folder, "home"), { mode: 0o700 });
    const init = new Deno.Command("unshare", {
      args: [
        ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
        ...["--propagation", "private", "sh", "-c", INIT],
      ],
      env: boxEnv(join(folder, "home"), { BOX_LOG: join(folder, "systemd.log") }),
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pid = await childOf(init.pid);
    const box = new SystemdBox(folder, init, pid, await program(folder), join(folder, "home"));
    return await box.#ready(["--user", "is-system-running"], START_BUDGET_MS);
  }

  async #ready(question: readonly string[], budgetMs: number): Promise<SystemdBox> {
    try {
      await this.until(
        async () => {
          const { stdout } = await this.run("systemctl", question);
          return ["running", "degraded"].includes(stdout.trim());
        },
        "systemd takes commands",
        budgetMs,
      );
      return this;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Boots a whole system; commands run in it as root unless they say otherwise. */
  static async boot(): Promise<SystemdBox> {
    const turn = await takeTurn();
    const folder = await boxFolder();
    await Deno.mkdir(join(folder, "root"));
    const init = new Deno.Command("unshare", {
      args: [
        ...["--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child"],
        ...["--propagation", "private", "sh", "-c", BOOT],
      ],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", BOX: join(folder, "root") },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const pid = await childOf(init.pid);
    const box = new SystemdBox(folder, init, pid, await program(folder), "/root", turn);
    return await box.#ready(["is-system-running"], BOOT_BUDGET_MS);
  }

  /** Runs a command in the box, as its user. */
  async run(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["-t", String(this.#pid), "-m", "-p", command, ...args],
      env: boxEnv(this.home, env),
      clearEnv: true,
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Path of the program in the box. */
  get program(): string {
    return this.#program;
  }

  /** Runs `openclaw` in the box; the same program that its services start. */
  openclaw(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.run(this.#program, args, { OPENCLAW_WRAPPER: this.#program, ...env });
  }

  /** Runs `systemctl --user`. */
  systemctl(...args: string[]): Promise<Outcome> {
    return this.run("systemctl", ["--user", ...args]);
  }

  /** Properties of a unit. */
  async show(unit: string): Promise<Record<string, string>> {
    const { stdout } = await this.systemctl("show", unit);
    return Object.fromEntries(
      stdout.split("\n").filter((line) => line.includes("="))
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  /** Waits for a condition. @throws {Error} When it does not come true in time. */
  async until(
    condition: () => Promise<boolean>,
    what: string,
    budgetMs = START_BUDGET_MS,
  ): Promise<void> {
    const deadline = performance.now() + budgetMs;
    while (!await condition()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Sends a signal to a process of the box, by its pid there. */
  async signal(pid: string, signal: string): Promise<void> {
    await this.run("kill", [`-${signal}`, pid]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The namespace's first process takes all others with it.
    this.#init.kill("SIGKILL");
    await this.#init.status;
    await Deno.remove(this.#folder, { recursive: true });
    // Older runtimes keep a lock that is not given back first.
    await this.#turn?.unlock();
    this.#turn?.close();
  }
}

/** Whole systems share the machine's control groups, so one is booted at a time. */
async function takeTurn(): Promise<Deno.FsFile> {
  await Deno.mkdir(BOXES, { recursive: true });
  const turn = await Deno.open(join(BOXES, "boot.lock"), { create: true, write: true });
  await turn.lock(true);
  return turn;
}

/** Not below the temporary folder: a service that starts from there is refused. */
async function boxFolder(): Promise<string> {
  await Deno.mkdir(BOXES, { recursive: true });
  return await Deno.makeTempDir({ dir: BOXES });
}

function boxEnv(home: string, env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: home,
    XDG_RUNTIME_DIR: "/run/user/0",
    TERM: "dumb",
    ...env,
  };
}

/** The executable to test, or a file that runs the source like one. */
async function program(folder: string): Promise<string> {
  const binary = Deno.env.get("OPENCLAW_TEST_BINARY");
  if (binary) return await Deno.realPath(binary);
  const path = join(folder, "openclaw");
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/root", ".cache", "deno");
  const main = join(ROOT, "main.ts");
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nDENO_DIR='${cache}' exec '${Deno.execPath()}' run -A --quiet --cached-only '${main}' "$@"\n`,
    { mode: 0o755 },
  );
  return path;
}

/** The process that `unshare` has forked: number one of the namespace, by its pid outside. */
async function childOf(pid: number): Promise<number> {
  const deadline = performance.now() + START_BUDGET_MS;
  while (performance.now() < deadline) {
    const path = `/proc/${pid}/task/${pid}/children`;
    const [child] = (await Deno.readTextFile(path).catch(() => "")).trim().split(" ");
    if (child) return Number(child);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error("The namespaces were not made in time");
}
