import type { ApiToken, Config, LinkInfo, Me, SecondFactor, Session, TotpState } from '@/api/model';

import { makeMe, makeToken } from './fixtures';
import { empty, json, problem, type Route } from './answers';
import { Passkeys } from './passkeys';

interface Body {
  email: string;
  password: string;
  token: string;
  challenge: string;
  code?: string;
  passkey?: object;
  redirectUri: string;
  state: string;
  name: string;
  scopes: ApiToken['scopes'];
}

const lockedOut = { 'Retry-After': '90' };

/** A one-pixel picture, in place of a QR code. */
const picture = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The accounts of a server in memory. */
export class Accounts {
  me: Me | null = makeMe();
  password = 'correct horse battery';
  /** The current code of every authenticator app. */
  code = '287082';
  recoveryCode = 'aaaa-bbbb-cccc';
  setupToken = '';
  /** The tokens of valid links. */
  links = new Set<string>();
  registration: Config['registration'] = 'invitation';
  mail = true;
  turnstileSiteKey = '';
  sampleUrl = '';
  extensionStores = { chrome: '', firefox: '' };
  verified = true;
  /** The owner has just confirmed who they are. */
  fresh = false;
  limited = false;
  totp: TotpState = { enabled: false, required: false, recoveryCodesLeft: 0 };
  qr = picture;
  sessions: Session[] = [];
  tokens: ApiToken[] = [];
  downloadLinks: LinkInfo[] = [];
  readonly passkeys = new Passkeys(
    () => this.stale(),
    () => this.enter('ada@example.org'),
    () => (this.totp.recoveryCodesLeft > 0 ? [] : this.newCodes()),
  );

  readonly routes: Route[] = [
    ['GET', /^\/me$/, () => (this.me ? json(this.me) : problem(401, 'unauthorized', 'Sign in to continue.'))],
    ['POST', /^\/auth\/login$/, (_, request) => this.signIn(request)],
    ['POST', /^\/auth\/login\/totp$/, (_, request) => this.answerChallenge(request)],
    ['POST', /^\/auth\/setup$/, (_, request) => this.setUp(request)],
    ['POST', /^\/auth\/logout$/, () => this.leave()],
    ['POST', /^\/auth\/(register|reset|verify\/resend)$/, () => this.mailTo()],
    ['POST', /^\/auth\/email\/confirm$/, async (_, request) => this.useLink(await read(request)) ?? empty()],
    ['POST', /^\/auth\/verify$/, async (_, request) => this.verify(await read(request))],
    ['POST', /^\/auth\/reset\/confirm$/, async (_, request) => this.newPassword(await read(request)) ?? empty()],
    ['POST', /^\/auth\/invitation$/, async (_, request) => this.badLink(await read(request)) ?? json({ email: 'grace@example.org', role: 'user' })],
    ['POST', /^\/auth\/invitation\/accept$/, async (_, request) => this.newPassword(await read(request)) ?? this.enter('grace@example.org')],
    ['POST', /^\/auth\/reauthenticate$/, (_, request) => this.reauthenticate(request)],
    ['GET', /^\/auth\/sessions$/, () => json({ sessions: this.sessions })],
    ['DELETE', /^\/auth\/sessions\/(.+)$/, ([, id]) => this.endSession(id)],
    ['GET', /^\/auth\/totp$/, () => json(this.totp)],
    ['POST', /^\/auth\/totp$/, () => this.stale() ?? json({ secret: 'JBSWY3DPEHPK3PXP', url: 'otpauth://totp/x', qr: this.qr }, 201)],
    ['POST', /^\/auth\/totp\/enable$/, (_, request) => this.enable(request)],
    ['POST', /^\/auth\/totp\/recovery-codes$/, () => this.stale() ?? this.recoveryCodes()],
    ['DELETE', /^\/auth\/totp$/, () => this.stale() ?? this.setTotp(false)],
    ...this.passkeys.routes,
    ['GET', /^\/auth\/tokens$/, () => json({ tokens: this.tokens })],
    ['POST', /^\/auth\/tokens$/, (_, request) => this.makeToken(request)],
    ['POST', /^\/connections\/review$/, (_, request) => this.reviewConnection(request)],
    ['POST', /^\/connections$/, (_, request) => this.connect(request)],
    ['DELETE', /^\/auth\/tokens\/(.+)$/, ([, id]) => this.revoke(id)],
    ['GET', /^\/links$/, () => json({ links: this.downloadLinks })],
    ['DELETE', /^\/links(?:\/(.+))?$/, ([, id]) => this.revokeLinks(id)],
    ['PUT', /^\/me\/password$/, () => this.stale() ?? empty()],
    ['PUT', /^\/me\/email$/, () => this.stale() ?? json({ message: 'We sent a mail.' }, 202)],
    ['POST', /^\/me\/delete$/, () => this.stale() ?? this.leave()],
  ];

  private enter(email: string): Response {
    this.me = makeMe({ email });
    return json(this.me, 201);
  }

  private async signIn(request: Request): Promise<Response> {
    const { email, password } = await read(request);
    if (this.limited) return problem(429, 'rate_limited', 'Too many attempts. Wait a moment and try again.', undefined, lockedOut);
    if (password !== this.password) return problem(401, 'unauthorized', 'Wrong e-mail address or password.');
    if (!this.verified) return problem(403, 'email_not_verified', 'Open the link in the mail we sent you first.');
    if (this.factors().length > 1) return json({ challenge: 'challenge-1', factors: this.factors(), expiresAt: new Date(Date.now() + 300_000).toISOString() });
    this.me = makeMe({ email });
    return json({ user: this.me });
  }

  private factors(): SecondFactor[] {
    const factors: SecondFactor[] = ['recovery_code'];
    if (this.totp.enabled) factors.unshift('totp');
    if (this.passkeys.list.passkeys.length > 0) factors.unshift('passkey');
    return factors;
  }

  private async answerChallenge(request: Request): Promise<Response> {
    const { challenge, code } = await read(request);
    if (challenge !== 'challenge-1') return problem(422, 'sign_in_expired', 'The sign-in took too long. Start again.');
    if (code === this.code || code === this.recoveryCode) return this.enter('ada@example.org');
    if (code === '000000') return problem(422, 'sign_in_expired', 'The sign-in took too long. Start again.');
    return problem(422, 'wrong_code', 'The code is wrong or was already used. Wait for the next one.', 'code');
  }

  private async setUp(request: Request): Promise<Response> {
    const { email, token } = await read(request);
    if (token !== this.setupToken) return problem(403, 'forbidden', 'This setup link is no longer valid.');
    this.setupToken = '';
    return this.enter(email);
  }

  private mailTo(): Response {
    if (this.limited) return problem(429, 'rate_limited', 'Too many attempts. Wait a moment and try again.', undefined, lockedOut);
    return json({ message: 'We sent you a mail.' }, 202);
  }

  private badLink({ token }: Body): Response | undefined {
    return this.links.has(token) ? undefined : problem(422, 'link_not_valid', 'This link was already used, has expired or was replaced by a newer one.');
  }

  private useLink(body: Body): Response | undefined {
    const bad = this.badLink(body);
    this.links.delete(body.token);
    return bad;
  }

  private verify(body: Body): Response {
    const bad = this.badLink(body);
    if (bad) return bad;
    if (body.password !== this.password) return problem(422, 'invalid', 'This is not the password you registered with.', 'password');
    this.links.delete(body.token);
    return this.enter('grace@example.org');
  }

  private newPassword(body: Body): Response | undefined {
    if (body.password.startsWith('password')) return problem(422, 'invalid', 'This password is too common.', 'password');
    return this.useLink(body);
  }

  protected stale(): Response | undefined {
    return this.fresh ? undefined : problem(403, 'reauthentication_required', "Confirm that it's you with your password or a code.");
  }

  private async reauthenticate(request: Request): Promise<Response> {
    const { password, code, passkey } = await read(request);
    if (passkey !== undefined) {
      this.fresh = true;
      return empty();
    }
    if (code === undefined && password !== this.password) return problem(422, 'invalid', 'The password is wrong.', 'password');
    if (code !== undefined && code !== this.code) return problem(422, 'wrong_code', 'The code is wrong.', 'code');
    this.fresh = true;
    return empty();
  }

  private leave(): Response {
    this.me = null;
    return empty();
  }

  private endSession(id: string | undefined): Response {
    this.sessions = this.sessions.filter((session) => (id === 'others' ? session.current : session.id !== id));
    return empty();
  }

  private setTotp(enabled: boolean): Response {
    this.totp = { ...this.totp, enabled, recoveryCodesLeft: enabled ? 10 : 0 };
    if (this.me) this.me = { ...this.me, secondFactor: enabled, secondFactorRequired: this.totp.required && !enabled };
    return empty();
  }

  private async enable(request: Request): Promise<Response> {
    const { code } = await read(request);
    if (code !== this.code) return problem(422, 'wrong_code', "The code is wrong. Is your phone's clock correct?", 'code');
    this.setTotp(true);
    return this.recoveryCodes();
  }

  private recoveryCodes(): Response {
    return json({ recoveryCodes: this.newCodes() });
  }

  private newCodes(): string[] {
    this.totp = { ...this.totp, recoveryCodesLeft: 10 };
    return Array.from({ length: 10 }, (_, at) => `k7qd-${1000 + at * 37}-mw2x`);
  }

  private async makeToken(request: Request): Promise<Response> {
    const stale = this.stale();
    if (stale) return stale;
    const { name, scopes } = await read(request);
    const info = makeToken({ name, scopes, lastUsedAt: null, lastUsedIp: '' });
    this.tokens = [...this.tokens, info];
    return json({ token: 'lh_Zk3qV0d9Kx7bTfWc1uYpRmA2sLhNgE5oJiQ8vXz', info }, 201);
  }

  private async reviewConnection(request: Request): Promise<Response> {
    const { name, scopes, redirectUri, state } = await read(request);
    const to = new URL(redirectUri, 'https://elsewhere.invalid');
    if (!to.host.endsWith('.chromiumapp.org')) return problem(422, 'invalid', 'The answer would go to an address that is not the extension’s.');
    return json({ name, scopes, server: 'https://longhaul.example', recipient: to.host, refuseUrl: `${to.href}?error=access_denied&state=${state}` });
  }

  private async connect(request: Request): Promise<Response> {
    const stale = this.stale();
    if (stale) return stale;
    const { redirectUri, state } = await read(request);
    return json({ redirectUrl: `${redirectUri}?code=one-time&state=${state}` });
  }

  private revokeLinks(id: string | undefined): Response {
    if (id !== undefined && !this.downloadLinks.some((link) => link.id === id)) return problem(404, 'not_found', 'There is no such link.');
    this.downloadLinks = this.downloadLinks.filter((link) => id !== undefined && link.id !== id);
    return empty();
  }

  private revoke(id: string | undefined): Response {
    this.tokens = this.tokens.filter((token) => token.id !== id);
    return empty();
  }
}

async function read(request: Request): Promise<Body> {
  return (await request.json()) as Body;
}
