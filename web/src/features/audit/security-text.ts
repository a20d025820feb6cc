import { wordsOf } from './text';

/** The kinds of security events. */
export const securityTexts: Readonly<Record<string, string>> = {
  login: 'Signed in',
  login_failed: 'Sign-in failed',
  second_factor_failed: 'Second step failed',
  passkey_copied: 'A passkey may have been copied',
  token_refused: 'One-time link or token refused',
  credential_refused: 'Session, API token or agent credential refused',
  access_refused: 'Access denied',
  cross_origin: 'Request from another site refused',
  file_replaced: 'File replaced in storage, not delivered',
  share_password: 'Wrong password of a share',
  rate_limited: 'Too many requests',
};

/** Names a kind of security event. */
export function securityText(kind: string): string {
  return securityTexts[kind] ?? wordsOf(kind);
}
