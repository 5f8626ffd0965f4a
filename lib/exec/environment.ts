/**
 * Variables that a request may not set, since they decide which code a program loads.
 *
 * @module
 */

const ALWAYS_REFUSED = /^(PATH|LD_.*|DYLD_.*)$/i;
const LOADS_CODE = new RegExp(
  `^(${
    [
      "BASH_ENV|BASH_FUNC_.*|ENV|ZDOTDIR|FPATH|IFS|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|CDPATH",
      "NODE_OPTIONS|NODE_PATH|PYTHON.*|PERL5?(OPT|LIB|DB)|PERL_.*|RUBY(OPT|LIB)|LUA_.*|PHP_INI_.*",
      "JAVA_TOOL_OPTIONS|_?JAVA_OPTIONS|JDK_.*|CLASSPATH|DOTNET_.*|CORECLR_.*|MONO_.*",
      "GIT_.*|SSH_ASKPASS|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|BROWSER|SHELL",
      "GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|HOME|XDG_.*|NPM_CONFIG_.*|DENO_.*|BUN_.*",
      "CARGO_.*|RUSTC.*|MAKE.*|CC|CXX|COMSPEC|PATHEXT|OPENCLAW_.*|COREPACK_.*",
      "GOFLAGS|GOTOOLCHAIN|GOROOT|GOENV|CGO_.*|MAVEN_OPTS|GRADLE_OPTS|ANT_OPTS|SBT_OPTS|BUNDLE_.*",
      "GEM_(HOME|PATH)|RUBYSHELL|PERLLIB|R_(HOME|PROFILE.*|ENVIRON.*|LIBS.*)|JULIA_.*|ERL_.*",
      "TCLLIBPATH|EMACSLOADPATH|VIMINIT|EXINIT|MYVIMRC|INPUTRC|LESS|LESSKEY.*|MORE|PSQLRC|PSQL_.*",
      "OPENSSL_(CONF|ENGINES|MODULES)|KUBECONFIG|AWS_(CONFIG|SHARED_CREDENTIALS)_FILE|WGETRC",
      "CURL_HOME|TAR_OPTIONS|RSYNC_.*|CVS_RSH|SVN_.*|HGRCPATH|SUDO_(ASKPASS|EDITOR)|GNUPGHOME",
      "SYSTEMD_.*PAGER|BAT_PAGER|GTK_(MODULES|PATH.*)|QT_PLUGIN_PATH|GIO_.*|USERPROFILE|APPDATA",
      "LOCALAPPDATA|SYSTEMROOT|WINDIR|PSMODULEPATH",
    ].join("|")
  })$`,
  "i",
);

/**
 * The variables among `env` that no request may set, whatever the policy says: they replace the
 * program that was judged.
 */
export function refusedVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env).filter((name) => ALWAYS_REFUSED.test(name));
}

/** The variables among `env` that can make an allowed program run something else. */
export function unsafeVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.keys(env).filter((name) => ALWAYS_REFUSED.test(name) || LOADS_CODE.test(name));
}
