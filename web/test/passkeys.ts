import type { PasskeyList } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { makePasskey } from './fixtures';

/** The passkeys of an account of a server in memory. */
export class Passkeys {
  list: PasskeyList = { available: true, unavailable: '', passkeys: [] };

  constructor(
    /** Refuses an act that needs a confirmation first. */
    private readonly stale: () => Response | undefined,
    /** Signs someone in. */
    private readonly enter: () => Response,
    /** Makes the recovery codes that come with the first second factor; none later. */
    private readonly firstCodes: () => string[],
  ) {}

  readonly routes: Route[] = [
    ['GET', /^\/auth\/passkeys$/, () => json(this.list)],
    ['POST', /^\/auth\/passkeys\/begin$/, () => this.stale() ?? json({ options: creation(), expiresAt: soon() })],
    ['POST', /^\/auth\/passkeys$/, async (_, request) => this.stale() ?? this.add(await request.json())],
    ['PATCH', /^\/auth\/passkeys\/(.+)$/, async ([, id], request) => this.rename(id, await request.json())],
    ['DELETE', /^\/auth\/passkeys\/(.+)$/, ([, id]) => this.stale() ?? this.remove(id)],
    ['POST', /^\/auth\/(login|reauthenticate)\/passkey\/begin$/, () => json({ options: request(), expiresAt: soon() })],
    ['POST', /^\/auth\/login\/passkey$/, async (_, asked) => this.signIn(await asked.json())],
  ];

  private add(body: unknown): Response {
    const { name } = body as { name: string };
    const recoveryCodes = this.firstCodes();
    const passkey = makePasskey({ name, lastUsedAt: null });
    this.list = { ...this.list, passkeys: [...this.list.passkeys, passkey] };
    return json({ passkey, recoveryCodes }, 201);
  }

  private rename(id: string | undefined, body: unknown): Response {
    const { name } = body as { name: string };
    this.list = { ...this.list, passkeys: this.list.passkeys.map((each) => (each.id === id ? { ...each, name } : each)) };
    return empty();
  }

  private remove(id: string | undefined): Response {
    this.list = { ...this.list, passkeys: this.list.passkeys.filter((each) => each.id !== id) };
    return empty();
  }

  private signIn(body: unknown): Response {
    const { credential } = body as { credential: { id: string } };
    return credential.id === 'known' ? this.enter() : problem(422, 'passkey_refused', 'This passkey is not known here.');
  }
}

function soon(): string {
  return new Date(Date.now() + 300_000).toISOString();
}

function creation(): object {
  return {
    challenge: 'c2VjcmV0LWNoYWxsZW5nZQ',
    rp: { id: 'localhost', name: 'Longhaul' },
    user: { id: 'aGFuZGxl', name: 'ada@example.org', displayName: 'ada@example.org' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  };
}

function request(): object {
  return { challenge: 'c2VjcmV0LWNoYWxsZW5nZQ', rpId: 'localhost', userVerification: 'required' };
}
