import type { SentNotice, TakedownNotice } from '@/api/model';

import { json, problem, type Route } from './answers';
import { moment } from './fixtures';

const text = `> **The operator of this installation has not named themself.** Ask the person who gave you the address.

These terms apply between you and the operator. See the [privacy page](/privacy) or write to <legal@example.com>.

## What is kept

| Name | Kind | What for | How long |
|---|---|---|---|
| \`__Host-sid\` | cookie | keeps you signed in | until you sign out, 60 days at most |
| \`longhaul-color-scheme\` | local storage | remembers light or dark | until you clear it |

## What you may do with it

1. Use the service for content that you may copy.
2. <img src=x onerror=alert(1)> stays text.
`;

/** The part of a server in memory that has the legal pages and takes notices from strangers. */
export class LegalWorld {
  text = text;
  readonly sent: TakedownNotice[] = [];
  status: SentNotice = {
    reference: 'LH-7Q2M4X8R1K', state: 'countered', note: 'Thank you, that was complete.', receivedAt: moment(-300_000), decidedAt: moment(-200_000), endedAt: null,
    dueAt: moment(900_000), items: 2, blocked: 2,
  };

  readonly routes: Route[] = [
    ['GET', /^\/legal\/(terms|privacy|dmca)$/, () => json({ text: this.text, own: false })],
    ['POST', /^\/takedown$/, async (_, request) => this.take((await request.json()) as TakedownNotice)],
    ['POST', /^\/takedown\/status$/, async (_, request) => (((await request.json()) as { token: string }).token === 'kept' ? json(this.status) : problem(404, 'not_found', 'This link leads to no notice.'))],
  ];

  private take(notice: TakedownNotice): Response {
    if (notice.claims.some(({ locations }) => locations.includes('refused'))) return problem(422, 'invalid', 'A location has at most 4096 bytes.', 'claims');
    this.sent.push(notice);
    return json({ reference: this.status.reference, token: 'kept' }, 201);
  }
}
