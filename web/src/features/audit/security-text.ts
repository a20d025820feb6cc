import { text } from '@/lib/messages';

import './messages/catalogue';
import { wordsOf } from './text';

/** The kinds of security events. */
export const securityTexts: Readonly<Record<string, string>> = {
  login: text('audit:securityText.signedIn'),
  login_failed: text('audit:securityText.signInFailed'),
  second_factor_failed: text('audit:securityText.secondStepFailed'),
  passkey_copied: text('audit:securityText.aPasskeyMay'),
  token_refused: text('audit:securityText.oneTimeLink'),
  credential_refused: text('audit:securityText.sessionApiToken'),
  access_refused: text('audit:securityText.accessDenied'),
  cross_origin: text('audit:securityText.requestFromAnother'),
  file_replaced: text('audit:securityText.fileReplacedIn'),
  share_password: text('audit:securityText.wrongPasswordOf'),
  rate_limited: text('audit:securityText.tooManyRequests'),
};

/** Names a kind of security event. */
export function securityText(kind: string): string {
  return securityTexts[kind] ?? wordsOf(kind);
}
