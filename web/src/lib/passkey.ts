import { text } from './messages';
import { problemCode, ProblemError } from './problem';
import './common-messages/catalogue';

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
  if (name === 'NotAllowedError' || name === 'AbortError') return text('common:passkey.unused');
  if (name === 'InvalidStateError') return text('common:passkey.exists');
  if (name === 'SecurityError') return text('common:passkey.address');
  if (name === 'NotSupportedError' || name === 'ConstraintError') return text('common:passkey.unchecked');
  return text('common:passkey.failed');
}
