/**
 * The files of a Windows service: where they are, and the one script that is the same for everybody.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { AppError, type Env } from "../../base/mod.ts";

/** Names that mean the same to `cmd.exe` with and without quotes. */
const SCRIPT_NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.cmd$/i;
const DEFAULT_SCRIPT = "gateway.cmd";

/** Where everything is; all in one folder. */
export interface TaskFiles {
  /** The folder of them all. */
  readonly folder: string;
  /** The definition: variables and the command. */
  readonly script: string;
  /** Runs the script, again after a failure; what the task starts. */
  readonly runner: string;
  /** What the task was made from. */
  readonly xml: string;
  /** Private values, for this user's eyes only. */
  readonly environment: string;
  /** There while the gateway is to stay down. */
  readonly stop: string;
  /** Failures since the start, and the last exit status; absent when there was none. */
  readonly exit: string;
  /** The script before the last installation. */
  readonly backup: string;
}

/**
 * The files of a profile; `OPENCLAW_TASK_SCRIPT` and `OPENCLAW_TASK_SCRIPT_NAME` win.
 *
 * @throws {AppError} `SERVICE_NAME_INVALID`
 */
export function taskFiles(stateDir: string, env: Env): TaskFiles {
  const whole = env.get("OPENCLAW_TASK_SCRIPT")?.trim();
  const name = env.get("OPENCLAW_TASK_SCRIPT_NAME")?.trim() || DEFAULT_SCRIPT;
  const script = whole || join(stateDir, name);
  const file = basename(script);
  if (!SCRIPT_NAME.test(file)) {
    throw new AppError("SERVICE_NAME_INVALID", `Cannot use "${file}" as the script of a task`, {
      hint: 'Choose a name of letters, digits, "." "_" and "-" that ends in .cmd',
    });
  }
  const stem = file.slice(0, -".cmd".length);
  const folder = dirname(script);
  const at = (suffix: string) => join(folder, `${stem}${suffix}`);
  return {
    folder,
    script,
    runner: at("-run.cmd"),
    xml: at(".task.xml"),
    environment: at(".windows.env"),
    stop: at(".stop"),
    exit: at(".exit"),
    backup: `${script}.bak`,
  };
}

/** Seconds between a failure and the next start. */
const RESTART_SECONDS = 5;

/**
 * The script that the task starts.
 *
 * The Task Scheduler starts a task again only when it could not be started, whatever its exit status,
 * so coming back is done here. The gateway's own status 78 means that no try can succeed.
 */
export function buildRunner(files: TaskFiles): string {
  const script = basename(files.script);
  const stop = basename(files.stop);
  const exit = basename(files.exit);
  const environment = basename(files.environment);
  return batchText([
    "@echo off",
    `rem Runs ${script}, and again when it fails; written by: openclaw gateway install`,
    'cd /d "%~dp0"',
    "if errorlevel 1 exit 1",
    // From here on the scripts and the values are read as UTF-8.
    '"%SystemRoot%\\System32\\chcp.com" 65001 >nul',
    `if exist ${stop} del /q ${stop}`,
    `if exist ${exit} del /q ${exit}`,
    'set "OPENCLAW_TASK_FAILURES=0"',
    ":again",
    `if exist ${environment} for /f "usebackq tokens=1,* delims==" %%A in ("${environment}") do ` +
    'set "%%A=%%~B"',
    // Without an input nobody can be asked whether to end the batch job.
    `call .\\${script} <nul`,
    'set "OPENCLAW_TASK_STATUS=%errorlevel%"',
    `if exist ${stop} goto end`,
    'if "%OPENCLAW_TASK_STATUS%"=="0" goto end',
    "set /a OPENCLAW_TASK_FAILURES+=1",
    `>${exit} echo %OPENCLAW_TASK_FAILURES% %OPENCLAW_TASK_STATUS%`,
    'if "%OPENCLAW_TASK_STATUS%"=="78" exit 78',
    `"%SystemRoot%\\System32\\ping.exe" -n ${RESTART_SECONDS + 1} 127.0.0.1 >nul`,
    `if not exist ${stop} goto again`,
    ":end",
    `if exist ${exit} del /q ${exit}`,
    "exit 0",
  ]);
}

/** Lines of a batch file, which end as `cmd.exe` wants it. */
export function batchText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}

/**
 * The program and arguments that run the runner without a window; its folder has to be the current one.
 *
 * `conhost --headless` makes a console that no window shows: `Hidden` of a task hides the entry in a
 * list only, a minimised window can be closed by anybody, and VBScript is on its way out of Windows.
 * Names come without a folder of the user, so that nothing needs quotes.
 */
export function headlessCommand(files: TaskFiles): { program: string; args: string } {
  return {
    program: "%SystemRoot%\\System32\\conhost.exe",
    args: `--headless %SystemRoot%\\System32\\cmd.exe /d /e:on /v:off /c .\\${
      basename(files.runner)
    }`,
  };
}
