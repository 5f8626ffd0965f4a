/**
 * The certificate that a gateway serves with: found, checked, and made where there is none.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, type Clock } from "../base/mod.ts";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import { type CertificateFacts, isKeyOf, pemBlocks, readCertificate } from "./certificate.ts";
import { type CertificatePair, createSelfSigned } from "./self_signed.ts";

const COMMON_NAME = "openclaw-gateway";
const DAY_MS = 24 * 60 * 60 * 1000;
/** Ten years: who pinned the certificate has to be told about every new one. */
const LIFETIME_MS = 3650 * DAY_MS;
/** A clock that is a little behind must not find the certificate too young. */
const BACKDATE_MS = DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
const FIX = "openclaw config unset gateway.tls.certPath, and keyPath, to have one made";

/** `gateway.tls`, as far as it is about files. */
export interface TlsSettings {
  readonly certPath?: string | undefined;
  readonly keyPath?: string | undefined;
  readonly caPath?: string | undefined;
  /** Whether a pair is made where there is none; yes unless `false`. */
  readonly autoGenerate?: boolean | undefined;
}

/** Where a pair is. */
export interface TlsPlaces {
  readonly certPath: string;
  readonly keyPath: string;
  /** Whether the place is the gateway's own. */
  readonly isOwn: boolean;
}

/** What a gateway serves with. */
export interface ServerTls extends TlsPlaces, CertificatePair {
  readonly facts: CertificateFacts;
  /** Whether the pair was made just now. */
  readonly isNew: boolean;
  /** What the operator should know, in sentences. */
  readonly warnings: readonly string[];
}

/** What decides the pair. */
export interface ServerTlsOptions {
  readonly settings: TlsSettings;
  readonly stateDir: string;
  readonly clock: Clock;
  /** Names and addresses for a certificate that has to be made. */
  readonly names: readonly string[];
}

/**
 * Where the certificate and its key are.
 *
 * @throws {AppError} `TLS_INVALID` when only one of the two is named.
 */
export function tlsPlaces(settings: TlsSettings, stateDir: string): TlsPlaces {
  const certPath = settings.certPath?.trim();
  const keyPath = settings.keyPath?.trim();
  if (certPath && keyPath) return { certPath, keyPath, isOwn: false };
  if (certPath || keyPath) {
    const [given, missing] = certPath ? ["certPath", "keyPath"] : ["keyPath", "certPath"];
    throw invalid(`gateway.tls.${given} is set, and gateway.tls.${missing} is not`, {
      hint: `openclaw config set gateway.tls.${missing} <path>`,
    });
  }
  const folder = join(stateDir, "gateway", "tls");
  return {
    certPath: join(folder, "gateway-cert.pem"),
    keyPath: join(folder, "gateway-key.pem"),
    isOwn: true,
  };
}

/**
 * Reads the pair, or makes it: where there is none, and anew where one that was made here ends soon.
 *
 * @throws {AppError} `TLS_INVALID` with the path and what is wrong with it.
 */
export async function ensureServerTls(options: ServerTlsOptions): Promise<ServerTls> {
  const { settings, stateDir, clock } = options;
  const places = tlsPlaces(settings, stateDir);
  const [cert, key] = await Promise.all([places.certPath, places.keyPath].map(readOr));
  const isPresent = cert !== undefined && key !== undefined;
  if (isPresent) {
    const loaded = await checkPair(places, { cert, key });
    const isOurs = places.isOwn && loaded.isSelfSigned && settings.autoGenerate !== false;
    if (!isOurs || loaded.validTo - clock.now() > RENEW_BEFORE_MS) {
      const chain = await withAuthority(cert, settings.caPath);
      const warnings = expiryWarnings(places, loaded, clock);
      return { ...places, cert: chain, key, facts: loaded, isNew: false, warnings };
    }
  }
  const isHalf = (cert === undefined) !== (key === undefined);
  if (settings.autoGenerate === false || (isHalf && !places.isOwn)) {
    throw missing(cert === undefined ? places.certPath : places.keyPath);
  }
  return await makePair(options, places);
}

/**
 * The fingerprint of the certificate that the gateway of this machine serves with; `undefined` when
 * this user cannot read it or there is none yet.
 */
export async function localFingerprint(
  settings: TlsSettings,
  stateDir: string,
): Promise<string | undefined> {
  try {
    const { certPath } = tlsPlaces(settings, stateDir);
    const text = await readTextFileIfExists(certPath);
    return text === undefined ? undefined : (await readCertificate(text)).fingerprint;
  } catch {
    // Not readable, or not a certificate: the connection then fails and says what is expected.
    return undefined;
  }
}

async function readOr(path: string): Promise<string | undefined> {
  try {
    return await readTextFileIfExists(path);
  } catch (cause) {
    throw invalid(`"${path}" cannot be read`, { hint: `Let this user read ${path}`, cause });
  }
}

async function checkPair(
  { certPath, keyPath }: TlsPlaces,
  { cert, key }: CertificatePair,
): Promise<CertificateFacts> {
  const facts = await readCertificate(cert).catch((cause) => {
    throw invalid(`"${certPath}" holds no certificate`, { hint: FIX, cause });
  });
  const isMatch = await isKeyOf(key, cert).catch((cause) => {
    throw invalid(`"${keyPath}" holds no private key`, { hint: FIX, cause });
  });
  if (isMatch) return facts;
  throw invalid(`the key in "${keyPath}" is not that of the certificate in "${certPath}"`, {
    hint: FIX,
  });
}

/** The certificate with those of `caPath` behind it, so that clients can follow it to their root. */
async function withAuthority(cert: string, caPath: string | undefined): Promise<string> {
  if (!caPath?.trim()) return cert;
  const text = await readOr(caPath);
  if (text === undefined) throw missing(caPath);
  const more = pemBlocks(text).filter((block) => !cert.includes(block));
  if (more.length === 0 && pemBlocks(text).length === 0) {
    throw invalid(`"${caPath}" holds no certificate`, {
      hint: "openclaw config unset gateway.tls.caPath",
    });
  }
  return [cert.trimEnd(), ...more, ""].join("\n");
}

function expiryWarnings(
  { certPath }: TlsPlaces,
  { validTo, validFrom }: CertificateFacts,
  clock: Clock,
): string[] {
  const now = clock.now();
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const fix = "replace the file, the gateway takes it up by itself";
  if (now > validTo) return [`certificate "${certPath}" ended on ${day(validTo)}: ${fix}`];
  if (now < validFrom) return [`certificate "${certPath}" begins on ${day(validFrom)} only`];
  if (validTo - now > RENEW_BEFORE_MS) return [];
  return [`certificate "${certPath}" ends on ${day(validTo)}: ${fix}`];
}

async function makePair(
  { clock, names, settings }: ServerTlsOptions,
  places: TlsPlaces,
): Promise<ServerTls> {
  const now = clock.now();
  const pair = await createSelfSigned({
    commonName: COMMON_NAME,
    names,
    notBefore: now - BACKDATE_MS,
    notAfter: now + LIFETIME_MS,
  });
  if (places.isOwn) await ensureDir(join(places.certPath, ".."));
  await writeFileAtomic(places.keyPath, pair.key, { mode: 0o600 });
  await writeFileAtomic(places.certPath, pair.cert, { mode: 0o600 });
  const facts = await readCertificate(pair.cert);
  const cert = await withAuthority(pair.cert, settings.caPath);
  return { ...places, cert, key: pair.key, facts, isNew: true, warnings: [] };
}

function missing(path: string): AppError {
  return invalid(`there is no "${path}"`, {
    hint: "openclaw config set gateway.tls.autoGenerate true, or put the file there",
  });
}

function invalid(why: string, options: { hint: string; cause?: unknown }): AppError {
  return new AppError("TLS_INVALID", `Cannot serve TLS: ${why}`, options);
}
