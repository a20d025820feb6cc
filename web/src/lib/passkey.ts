import { problemCode, ProblemError } from './problem';

/** Reports whether this browser supports passkeys and can parse the server's requests for them. */
export function passkeysKnown(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** Has the browser make a passkey with the server's options, and returns its answer as JSON. */
export async function makePasskey(options: unknown): Promise<unknown> {
  return answerOf(() => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
    return navigator.credentials.create({ publicKey });
  });
}

/** Has the browser use a passkey with the server's options, and returns its answer as JSON. */
export async function askForPasskey(options: unknown): Promise<unknown> {
  return answerOf(() => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
    return navigator.credentials.get({ publicKey });
  });
}

async function answerOf(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) throw new DOMException('no passkey', 'NotAllowedError');
    return credential.toJSON();
  } catch (error) {
    throw new ProblemError(0, problemCode.passkeyMissing, sentenceOf(error));
  }
}

function sentenceOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') return 'No passkey was used. It was cancelled, took too long, or there is none on this device.';
  if (name === 'InvalidStateError') return 'This device or password manager already has a passkey for this account.';
  if (name === 'SecurityError') return "The browser doesn't allow passkeys at this address.";
  if (name === 'NotSupportedError' || name === 'ConstraintError') return "This device can't check that it's you. Set up a PIN or a screen lock, or use another device.";
  return "The browser couldn't use a passkey.";
}
