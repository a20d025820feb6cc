import { problemCode, ProblemError } from './problem';

/** Reports whether this browser can make and use passkeys, and reads the server's requests for them by itself. */
export function passkeysKnown(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** Has the browser make a passkey as the server's options ask, and returns its answer in JSON. */
export async function makePasskey(options: unknown): Promise<unknown> {
  return answerOf(() => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
    return navigator.credentials.create({ publicKey });
  });
}

/** Has the browser use a passkey as the server's options ask, and returns its answer in JSON. */
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
  if (name === 'NotAllowedError' || name === 'AbortError') return 'No passkey was used: it was cancelled, took too long, or there is none here.';
  if (name === 'InvalidStateError') return 'This device or password manager has a passkey of the account already.';
  if (name === 'SecurityError') return 'The browser uses no passkeys at this address.';
  if (name === 'NotSupportedError' || name === 'ConstraintError') return 'This device cannot keep a passkey that checks who you are. Set a PIN or a screen lock up, or use another device.';
  return 'The browser could not use a passkey.';
}
