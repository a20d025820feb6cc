import type { AccountExport } from '@/api/model';

import { json, type Route } from './answers';
import { moment, newId } from './fixtures';

/** The part of a server in memory that collects an account's data. */
export class ExportWorld {
  list: AccountExport[] = [];

  readonly routes: Route[] = [
    ['GET', /^\/me\/exports$/, () => json({ exports: this.list })],
    ['POST', /^\/me\/exports$/, () => this.request()],
  ];

  private request(): Response {
    const made = { id: newId(), ready: false, size: 0, createdAt: moment(0), expiresAt: null };
    this.list = [made, ...this.list];
    return json(made, 202);
  }

  /** Ends the collecting. */
  finish(): void {
    this.list = this.list.map((each) => ({ ...each, ready: true, size: 48_213, expiresAt: moment(600_000) }));
  }
}
