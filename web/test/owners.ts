import { Accounts } from './accounts';
import type { Route } from './answers';
import { ExportWorld } from './exports';
import { LegalWorld } from './legal';
import { ManyWorld } from './many';
import { NotificationWorld } from './notifications';
import { NoticeWorld } from './notices';
import { TrashWorld } from './trash';

/** What owners of accounts have in a server in memory beside their downloads. */
export class Owners extends Accounts {
  readonly notices = new NoticeWorld();
  readonly legal = new LegalWorld();
  readonly many = new ManyWorld();
  readonly exports = new ExportWorld();
  readonly notifications = new NotificationWorld();
  readonly trash = new TrashWorld();

  protected get ownersRoutes(): Route[] {
    return [this.notices, this.legal, this.exports, this.notifications, this.trash, this.many].flatMap((part) => part.routes);
  }
}
