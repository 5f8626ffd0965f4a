/**
 * Devices and nodes: identity, proof, pairing, tokens, setup codes. Decides and remembers; the
 * gateway asks and sends. Importing this module does nothing. Clients enter by `client.ts`.
 *
 * @module
 */
export {
  type CredentialGuess,
  type CredentialKind,
  describeCredential,
} from "./credential_kinds.ts";
export * from "./client.ts";
export { type DeviceImport, importPairings } from "./import.ts";
export type { UnusableFile } from "./legacy_files.ts";
export { allowedNodeCommands, type NodeCommandPolicy } from "./node_commands.ts";
export {
  type NewNodeAction,
  type NewNodeWork,
  type NodeAction,
  NodeQueue,
  type NodeWork,
} from "./node_queue.ts";
export type {
  NodeFacts,
  NodeRequestRow,
  NodeResolution,
  NodeRow,
  PairedNodeRow,
} from "./node_types.ts";
export { cleanDeclaration, type NodeAdmission, type NodeDeclaration } from "./node_declaration.ts";
export { type NodeListeners, NodeRegistryStore } from "./nodes.ts";
export {
  type ApproveOptions,
  DevicePairing,
  type PairingListeners,
  type PairingVerdict,
  type PendingVerdict,
} from "./pairing.ts";
export { lookAtPairing } from "./pairing_look.ts";
export { unknownNode } from "./pairing_error.ts";
export { pairingRequired, type PairingRequiredDetails } from "./pairing_refusal.ts";
export type { DeviceConnect } from "./pairing_rules.ts";
export {
  type ProofContext,
  type ProofFailure,
  proofFailure,
  type ProofVerdict,
  type SignedConnect,
  verifyDeviceProof,
} from "./proof.ts";
export {
  encodeSetupCode,
  type IssuedSetupCode,
  parseSetupCode,
  type SetupClaim,
  SetupCodes,
  type SetupPayload,
} from "./setup_code.ts";
export {
  type SignedCredentials,
  type SignedFacts,
  signedText,
  type SignedTextVersion,
  signedToken,
} from "./signed_text.ts";
export {
  DeviceTokens,
  type IssuedToken,
  type TokenClaim,
  type TokenListeners,
  type TokenVerdict,
} from "./tokens.ts";
export type {
  DeviceFacts,
  DeviceRevocation,
  DeviceTokenSummary,
  PairedDevice,
  PairedDeviceRow,
  PairingReason,
  PairingRequest,
  PairingResolution,
  SetupGrant,
} from "./types.ts";
