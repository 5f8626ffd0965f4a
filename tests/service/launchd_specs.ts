/**
 * Services whose definitions are kept as golden files, each with something of its own.
 *
 * @module
 */
import { envOf } from "../../lib/base/mod.ts";
import {
  buildServiceSpec,
  createServiceManager,
  type ServiceDefinition,
  type ServiceManager,
  serviceNames,
  type ServiceSpec,
  type SpecFacts,
} from "../../lib/service/mod.ts";

/** One golden file. */
export interface GoldenSpec {
  readonly name: string;
  readonly manager: ServiceManager;
  readonly spec: ServiceSpec;
}

type Change = Partial<SpecFacts> & {
  readonly profile?: string;
  readonly variables?: Record<string, string>;
};

/** A definition that somebody has added to by hand. */
const EDITED: ServiceDefinition = {
  command: [],
  environment: { TZ: "Europe/Vienna", AWS_PROFILE: "claw", DYLD_INSERT_LIBRARIES: "/tmp/x" },
  environmentSources: { TZ: "file", AWS_PROFILE: "inline", DYLD_INSERT_LIBRARIES: "inline" },
  sourcePath: "/x.plist",
  text: "",
};

const CHANGES: Readonly<Record<string, Change>> = {
  "default": {},
  "profile": { profile: "ops", stateDir: "/Users/ada/.openclaw-ops", port: 18800 },
  "development": { profile: "dev", stateDir: "/Users/ada/.openclaw-dev", port: 19001 },
  "custom-label": { variables: { OPENCLAW_LAUNCHD_LABEL: "org.example.claw_2" } },
  "log-prefix": { variables: { OPENCLAW_LOG_PREFIX: "claw" } },
  "spaces": {
    home: "/Users/ada lovelace",
    stateDir: "/Users/ada lovelace/open claw",
    program: ["/Applications/Open Claw.app/Contents/MacOS/openclaw"],
  },
  "markup": {
    home: `/Users/a&b<c>"d'e`,
    stateDir: `/Users/a&b<c>"d'e/.openclaw`,
    program: [`/opt/a&b<c>"d'e/openclaw`],
  },
  "unicode": {
    home: "/Users/zoë",
    stateDir: "/Users/zoë/状態/🦞",
    program: ["/Users/zoë/プログラム/openclaw"],
  },
  "wrapper": { program: ["/opt/claw/start.sh"], wrapper: "/opt/claw/start.sh" },
  "secrets": {
    secrets: {
      OPENAI_API_KEY: 'it\'s $HOME `x` "y" \\ 100%',
      PRIVATE_KEY: "-----BEGIN\n'two' lines\n-----END\n",
    },
  },
  "config-path": {
    configPath: "/Users/ada/Shared/openclaw.json",
    variables: { OPENCLAW_PROXY_URL: "http://127.0.0.1:3128" },
  },
  "taken-over": { previous: EDITED },
};

/** All of them, in the order of their names' appearance here. */
export async function goldenSpecs(): Promise<GoldenSpec[]> {
  return await Promise.all(
    Object.entries(CHANGES).map(async ([name, { profile, variables = {}, ...over }]) => {
      const env = envOf(variables);
      const names = serviceNames(profile, env);
      const facts: SpecFacts = {
        os: "darwin",
        names,
        version: "2026.5.12",
        program: ["/usr/local/bin/openclaw"],
        port: 18789,
        home: "/Users/ada",
        stateDir: "/Users/ada/.openclaw",
        env,
        secrets: {},
        managedKeys: [],
        ...over,
      };
      const manager = await createServiceManager({
        os: "darwin",
        env,
        runCommand: () => Promise.reject(new Error("nothing runs")),
        names,
        home: facts.home,
        stateDir: facts.stateDir,
        port: facts.port,
        uid: 501,
        isContainer: false,
        kernelRelease: "25.0.0",
      });
      return { name, manager, spec: buildServiceSpec(facts) };
    }),
  );
}
