/** Hand-written types of the secret prompt, as far as this project uses it. */

export interface PromptSecretOptions {
  /** Shown for each character; nothing when empty. */
  mask?: string;
  /** Takes the question away again when it is answered. */
  clear?: boolean;
}

/** Asks for one line that is not shown; `null` when there is no terminal. */
export function promptSecret(message?: string, options?: PromptSecretOptions): string | null;
