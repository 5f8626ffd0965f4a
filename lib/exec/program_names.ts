/**
 * Programs by what they do with their arguments.
 *
 * @module
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/**
 * Words that a shell acts on itself, in ways that change what other words mean. None of them can be
 * judged by the program that `PATH` would find.
 */
const SHELL_WORDS = words(
  `. : [[ ]] ! alias bg bind break builtin caller case cd command compgen complete compopt continue
  coproc declare dirs disown do done elif else enable esac eval exec exit export fc fg fi for
  function getopts hash help history if in jobs let local logout mapfile newgrp noglob popd pushd
  read readarray readonly repeat return select set setopt shift shopt source suspend then time times
  trap typeset ulimit umask unalias unset unsetopt until vared wait while zcompile zmodload`,
);

/** Shells whose `-c` text this room can read. */
const POSIX_SHELLS = words("sh bash dash ash ksh mksh");

/** Programs that run whatever their arguments, their input or a file says. */
const CARRIERS = words(
  `ash bash busybox chroot cmd cmd.exe coreutils csh dash doas docker elvish emacs entr expect fish
  find flock ksh lxc-attach make mksh nsenter nu parallel pkexec podman powershell powershell.exe
  pwsh rbash rsh rush runuser screen script setpriv setsid sg sh socat ssh su sudo systemd-run tclsh
  tcsh tmux toybox unshare watch xargs xonsh zsh at batch crontab env nice nohup stdbuf timeout
  ionice chrt taskset strace ltrace gdb vi vim nvim ed ex awk gawk mawk nawk npx bunx pnpx uvx pipx
  gosu su-exec runcon prlimit numactl setarch capsh cpulimit firejail bwrap proot fakeroot valgrind
  perf unbuffer torsocks torify proxychains faketime sshpass ssh-agent dbus-run-session dbus-launch
  xvfb-run systemd-inhibit start-stop-daemon run-parts time gtime rlwrap dtach tini dumb-init`,
);

/** The loader of Linux starts what its first argument names. */
const LOADER = /^ld(-linux.*|-musl.*)?\.so/;
/** What systems put behind the name of a program: a version, a variant, the mark of an executable. */
const NAME_TAIL = /([-.]?\d[\d.]*|\.(basic|tiny|nox|gtk3|static|distrib|exe))$/;

/** Interpreters, with the options that take a program as text. */
const INTERPRETERS: ReadonlyMap<RegExp, readonly string[]> = new Map([
  [/^(python|pypy)[\d.]*$/, ["-c"]],
  [/^(node|nodejs|bun)$/, ["-e", "--eval", "-p", "--print", "-pe"]],
  [/^deno$/, ["eval"]],
  [/^(perl|ruby)[\d.]*$/, ["-e", "-E"]],
  [/^php[\d.]*$/, ["-r"]],
  [/^(lua|luajit)[\d.]*$/, ["-e"]],
  [/^osascript$/, ["-e"]],
]);

/**
 * Commands that shells bring themselves and that evaluate an argument such as `a[$(id)]`, also when it
 * is quoted; the program of the same name does not.
 */
const EVALUATING_COMMANDS = words("[ printf test");

/** Whether a shell would run what stands in an argument of its own command. */
export function evaluatesArguments([name = "", ...args]: readonly string[]): boolean {
  return EVALUATING_COMMANDS.has(name) && args.some((arg) => /[$`]/.test(arg));
}

/** Whether a shell acts on this word itself. */
export function isShellWord(name: string): boolean {
  return SHELL_WORDS.has(name);
}

/** Whether the program is a shell whose language is read here. */
export function isPosixShell(name: string): boolean {
  return POSIX_SHELLS.has(name);
}

/**
 * Whether the program runs other programs that its arguments name. An entry without `argPattern` does
 * not cover it: it would allow everything.
 */
export function isCarrier(name: string): boolean {
  const plain = name.toLowerCase();
  return CARRIERS.has(plain) || LOADER.test(plain) || CARRIERS.has(plainName(plain));
}

/** Whether the program runs what a file or an argument says, so that its name tells nothing. */
export function isInterpreter(name: string): boolean {
  const plain = name.toLowerCase().replace(/\.exe$/, "");
  return [...INTERPRETERS.keys()].some((pattern) => pattern.test(plain));
}

function plainName(name: string): string {
  const shorter = name.replace(NAME_TAIL, "");
  return shorter === name ? name : plainName(shorter);
}

/** Whether a program is given its own program as an argument. */
export function hasInlineCode(name: string, args: readonly string[]): boolean {
  for (const [pattern, options] of INTERPRETERS) {
    if (!pattern.test(name.toLowerCase().replace(/\.exe$/, ""))) continue;
    return args.some((arg) =>
      options.includes(arg) ||
      options.some((option) =>
        option.startsWith("--")
          ? arg.startsWith(`${option}=`)
          : /^-[a-zA-Z]/.test(option) && isCluster(arg, option)
      )
    );
  }
  return false;
}

/** Whether `arg` is a group of short options that holds `option`, such as `-uc` for `-c`. */
function isCluster(arg: string, option: string): boolean {
  return option.length === 2 && /^-[a-zA-Z]/.test(arg) && !arg.startsWith("--") &&
    arg.includes(option[1]!);
}
