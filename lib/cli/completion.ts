/**
 * Completion scripts for four shells, made from the command table.
 *
 * The scripts hold all words themselves: pressing Tab starts no process.
 *
 * @module
 */
import { visible } from "./help.ts";
import { ROOT_OPTIONS } from "./parsing/root_flags.ts";
import type { Shell } from "./shells.ts";
import { childrenOf, type CommandSpec, type OptionSpec } from "./table.ts";

/** The completion script of `shell`. */
export function renderCompletion(shell: Shell, table: readonly CommandSpec[]): string {
  const nodes = table.map((spec) => describeNode(spec, table));
  if (shell === "bash") return renderBash(nodes);
  if (shell === "zsh") return renderZsh(nodes);
  if (shell === "fish") return renderFish(nodes);
  return renderPowerShell(nodes);
}

interface Word {
  readonly word: string;
  readonly text: string;
}

interface Node {
  /** The words of the path joined with spaces. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  /** Fixed values per option word. */
  readonly values: readonly { option: string; values: readonly string[] }[];
  /** Fixed values of the first positional argument. */
  readonly args: readonly string[];
}

function describeNode(spec: CommandSpec, table: readonly CommandSpec[]): Node {
  const options = [...visible(spec.options), ...visible(ROOT_OPTIONS)];
  return {
    path: spec.path.join(" "),
    commands: childrenOf(table, spec.path).flatMap((child) =>
      [child.path.at(-1)!, ...(child.aliases ?? [])].map((word) => ({
        word,
        text: child.summary,
      }))
    ),
    options: options.flatMap(optionWords),
    values: options.filter((option) => option.choices !== undefined).flatMap((option) =>
      optionWords(option).map(({ word }) => ({ option: word, values: option.choices! }))
    ),
    args: spec.args?.[0]?.choices ?? [],
  };
}

function optionWords(option: OptionSpec): Word[] {
  const long = [option.name, ...(option.aliases ?? [])].map((name) => `--${name}`);
  const all = option.short === undefined ? long : [`-${option.short}`, ...long];
  return all.map((word) => ({ word, text: option.description }));
}

function wordsOf(node: Node): string {
  return [...node.commands, ...node.options].map(({ word }) => word).concat(node.args).join(" ");
}

/** Lines of a `case` that follows the typed words down to the path of a command. */
function pathCases(nodes: readonly Node[], indent: string): string[] {
  return nodes.flatMap((node) =>
    node.commands.map(({ word }) => {
      const path = node.path === "" ? word : `${node.path} ${word}`;
      return `${indent}"${node.path}|${word}") node="${path}" ;;`;
    })
  );
}

function valueCases(nodes: readonly Node[], indent: string, action: string): string[] {
  return nodes.flatMap((node) =>
    node.values.map(({ option, values }) =>
      `${indent}"${node.path}|${option}") ${action.replace("%", values.join(" "))} ;;`
    )
  );
}

function renderBash(nodes: readonly Node[]): string {
  return [
    "# bash completion for openclaw",
    "_openclaw() {",
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="" node="" words="" i',
    '  if ((COMP_CWORD > 0)); then prev="${COMP_WORDS[COMP_CWORD-1]}"; fi',
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    '    case "$node|${COMP_WORDS[i]}" in',
    ...pathCases(nodes, "      "),
    "    esac",
    "  done",
    '  case "$node|$prev" in',
    ...valueCases(nodes, "    ", 'words="%"'),
    "  esac",
    '  if [[ -z "$words" ]]; then',
    '    case "$node" in',
    ...nodes.map((node) => `      "${node.path}") words="${wordsOf(node)}" ;;`),
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o default -F _openclaw openclaw",
    "",
  ].join("\n");
}

function renderZsh(nodes: readonly Node[]): string {
  const entry = ({ word, text }: Word) => quoteSingle(`${word.replaceAll(":", "\\:")}:${text}`);
  return [
    "#compdef openclaw",
    "_openclaw() {",
    '  local node="" prev="${words[CURRENT-1]}" i',
    "  local -a entries",
    "  for ((i = 2; i < CURRENT; i++)); do",
    '    case "$node|${words[i]}" in',
    ...pathCases(nodes, "      "),
    "    esac",
    "  done",
    '  case "$node|$prev" in',
    ...valueCases(nodes, "    ", "compadd -- %; return"),
    "  esac",
    '  case "$node" in',
    ...nodes.flatMap((node) => [
      `    "${node.path}") entries=(`,
      ...[...node.commands, ...node.options].map((word) => `      ${entry(word)}`),
      ...node.args.map((word) => `      ${quoteSingle(word)}`),
      "    ) ;;",
    ]),
    "  esac",
    "  _describe 'openclaw' entries",
    "}",
    'if [[ "$funcstack[1]" == "_openclaw" ]]; then',
    '  _openclaw "$@"',
    "else",
    "  compdef _openclaw openclaw",
    "fi",
    "",
  ].join("\n");
}

function renderFish(nodes: readonly Node[]): string {
  const lines = [
    "# fish completion for openclaw",
    "function __openclaw_at",
    "  set -l node ''",
    "  for word in (commandline -opc)[2..-1]",
    '    switch "$node|$word"',
    ...nodes.flatMap((node) =>
      node.commands.flatMap(({ word }) => [
        `      case '${node.path}|${word}'`,
        `        set node '${node.path === "" ? word : `${node.path} ${word}`}'`,
      ])
    ),
    "    end",
    "  end",
    '  test "$node" = "$argv[1]"',
    "end",
    "complete -c openclaw -f",
  ];
  for (const node of nodes) {
    const at = `complete -c openclaw -n "__openclaw_at '${node.path}'"`;
    for (const { word, text } of node.commands) {
      lines.push(`${at} -a ${word} -d ${quoteFish(text)}`);
    }
    for (const word of node.args) lines.push(`${at} -a ${word}`);
    for (const { word, text } of node.options) {
      const values = node.values.find(({ option }) => option === word);
      const flag = word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
      const choice = values === undefined ? "" : ` -x -a ${quoteFish(values.values.join(" "))}`;
      lines.push(`${at} ${flag}${choice} -d ${quoteFish(text)}`);
    }
  }
  return lines.join("\n") + "\n";
}

function renderPowerShell(nodes: readonly Node[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const list = (words: readonly string[]) => `@(${words.map(quote).join(", ")})`;
  return [
    "# PowerShell completion for openclaw",
    "Register-ArgumentCompleter -Native -CommandName openclaw -ScriptBlock {",
    "  param($wordToComplete, $commandAst, $cursorPosition)",
    "  $next = @{",
    ...nodes.flatMap((node) =>
      node.commands.map(({ word }) =>
        `    ${quote(`${node.path}|${word}`)} = ${
          quote(node.path === "" ? word : `${node.path} ${word}`)
        }`
      )
    ),
    "  }",
    "  $values = @{",
    ...nodes.flatMap((node) =>
      node.values.map(({ option, values }) =>
        `    ${quote(`${node.path}|${option}`)} = ${list(values)}`
      )
    ),
    "  }",
    "  $words = @{",
    ...nodes.map((node) => `    ${quote(node.path)} = ${list(wordsOf(node).split(" "))}`),
    "  }",
    '  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })',
    "  if ($wordToComplete -ne '' -and $typed.Count -gt 0) {",
    "    $typed = @($typed | Select-Object -SkipLast 1)",
    "  }",
    "  $node = ''",
    "  $last = ''",
    "  foreach ($word in $typed) {",
    '    if ($next.ContainsKey("$node|$word")) { $node = $next["$node|$word"] }',
    "    $last = $word",
    "  }",
    '  $found = $values["$node|$last"]',
    "  if ($null -eq $found) { $found = $words[$node] }",
    '  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {',
    "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)",
    "  }",
    "}",
    "",
  ].join("\n");
}

function quoteSingle(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
