/**
 * Debian's Chromium without a window, with a profile of its own that goes with it.
 *
 * @module
 */

/** Where the browser is, if it is installed; `OPENCLAW_TEST_CHROMIUM` names another place. */
export function findChromium(): string | undefined {
  const places = [
    Deno.env.get("OPENCLAW_TEST_CHROMIUM"),
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  return places.find((place) => place !== undefined && isFile(place));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A browser that shows one page. */
export class Chromium implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;

  private constructor(process: Deno.ChildProcess, profile: string) {
    this.#process = process;
    this.#profile = profile;
  }

  /**
   * Opens a page.
   *
   * @param names Host names and the addresses they lead to, whatever DNS says.
   */
  static async open(
    program: string,
    url: string,
    names: Readonly<Record<string, string>> = {},
  ): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "openclaw-chromium-" });
    const rules = Object.entries(names).map(([name, address]) => `MAP ${name} ${address}`);
    const process = new Deno.Command(program, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        `--user-data-dir=${profile}`,
        `--host-resolver-rules=${rules.join(",")}`,
        url,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new Chromium(process, profile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#process.status;
    // Helpers of the browser write a moment longer than it lives.
    for (let tries = 1;; tries++) {
      try {
        return await Deno.remove(this.#profile, { recursive: true });
      } catch (error) {
        if (tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
