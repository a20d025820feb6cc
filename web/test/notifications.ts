import type { Delivery, DeliveryDetail, JobNotable, Notification, Webhook } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { because, moment, newId } from './fixtures';

/** Makes something that a user is told. */
export function makeNotification(given: Partial<Notification> = {}): Notification {
  return { id: newId(), event: 'download.ready', jobId: newId(), webhookId: null, name: 'Sintel', reason: because('ready'), createdAt: moment(-120), read: false, ...given };
}

/** Makes a webhook that works. */
export function makeWebhook(given: Partial<Webhook> = {}): Webhook {
  return {
    id: newId(), name: 'Chat', host: 'hooks.example.com', events: ['download.ready', 'download.failed'], labels: [], enabled: true, offReason: '', failingSince: null,
    createdAt: moment(-90_000), ...given,
  };
}

/** Makes a delivery that arrived. */
export function makeDelivery(given: Partial<Delivery> = {}): Delivery {
  return {
    id: newId(), messageId: newId(), event: 'download.ready', state: 'delivered', attempts: 1, status: 204, error: '', createdAt: moment(-300),
    triedAt: moment(-299), endedAt: moment(-299), nextAt: null, ...given,
  };
}

/** What users are told, and their webhooks, in a server in memory. */
export class NotificationWorld {
  list: Notification[] = [];
  mail: JobNotable[] = [];
  appLabels: string[] = [];
  mailLabels: string[] = [];
  webhooks: Webhook[] = [];
  deliveries: Delivery[] = [];
  /** What becomes of a test or a replay once it is asked for. */
  outcome: Partial<Delivery> = { state: 'delivered', attempts: 1, status: 200 };

  readonly routes: Route[] = [
    ['GET', /^\/notifications$/, (_, __, url) => this.told(url)],
    ['POST', /^\/notifications\/read$/, (_, request) => this.read(request)],
    ['GET', /^\/notifications\/settings$/, () => json(this.settings())],
    ['PUT', /^\/notifications\/settings$/, async (_, request) => json(Object.assign(this, (await request.json()) as { mail: JobNotable[] }).settings())],
    ['GET', /^\/webhooks$/, () => json({ webhooks: this.webhooks })],
    ['POST', /^\/webhooks$/, (_, request) => this.add(request)],
    ['PATCH', /^\/webhooks\/([^/]+)$/, ([, id], request) => this.change(id, request)],
    ['DELETE', /^\/webhooks\/([^/]+)$/, ([, id]) => this.remove(id)],
    ['POST', /^\/webhooks\/([^/]+)\/secret$/, ([, id]) => json({ secret: 'whsec_bmV3', webhook: this.webhooks.find((each) => each.id === id) })],
    ['POST', /^\/webhooks\/[^/]+\/test$/, () => this.queue({ event: 'test' })],
    ['GET', /^\/webhooks\/[^/]+\/deliveries$/, (_, __, url) => this.page(url)],
    ['GET', /^\/webhooks\/[^/]+\/deliveries\/([^/]+)$/, ([, id]) => this.detail(id)],
    ['POST', /^\/webhooks\/[^/]+\/deliveries\/([^/]+)\/replay$/, ([, id]) => this.queue({ messageId: this.deliveries.find((each) => each.id === id)?.messageId ?? '' })],
  ];

  /** A page of what the user is told; the cursor counts here. */
  private told({ searchParams }: URL): Response {
    const event = searchParams.get('event');
    const start = Number(searchParams.get('cursor') ?? 0);
    const end = start + Number(searchParams.get('limit') ?? 50);
    const matching = this.list.filter((each) => (event === null || each.event === event) && !(each.read && searchParams.has('unread')));
    return json({
      notifications: matching.slice(start, end), unread: this.list.filter((each) => !each.read).length, nextCursor: end < matching.length ? `${end}` : '',
    });
  }

  private settings() {
    return { mail: this.mail, appLabels: this.appLabels, mailLabels: this.mailLabels };
  }

  private async read(request: Request): Promise<Response> {
    const { ids = [], until = '' } = (await request.json()) as { ids?: string[]; until?: string };
    this.list = this.list.map((each) => ({ ...each, read: each.read || (ids.length > 0 ? ids.includes(each.id) : each.createdAt <= until) }));
    return empty();
  }

  private async add(request: Request): Promise<Response> {
    const { name, url, events, labels } = (await request.json()) as { name: string; url: string; events: JobNotable[]; labels: string[] };
    if (!/^https?:/.test(url)) return problem(422, 'invalid', 'Enter an address that begins with https:// or http://, at most 2000 characters.', 'url');
    const webhook = makeWebhook({ name, events, labels, host: new URL(url).host });
    this.webhooks = [...this.webhooks, webhook];
    return json({ secret: 'whsec_c2VjcmV0', webhook }, 201);
  }

  private async change(id: string | undefined, request: Request): Promise<Response> {
    const { url, ...to } = (await request.json()) as Partial<Webhook> & { url?: string };
    const turnedOn = to.enabled === true ? ({ offReason: '', failingSince: null } as const) : {};
    this.webhooks = this.webhooks.map((each) => (each.id === id ? { ...each, ...to, ...turnedOn, host: url === undefined ? each.host : new URL(url).host } : each));
    return json(this.webhooks.find((each) => each.id === id));
  }

  private remove(id: string | undefined): Response {
    this.webhooks = this.webhooks.filter((each) => each.id !== id);
    return empty();
  }

  private queue(given: Partial<Delivery>): Response {
    const delivery = makeDelivery({ state: 'queued', attempts: 0, status: 0, createdAt: moment(0), triedAt: null, endedAt: null, ...given });
    this.deliveries = [{ ...delivery, ...this.outcome }, ...this.deliveries];
    return json(delivery, 202);
  }

  private page(url: URL): Response {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const end = start + 50;
    return json({ deliveries: this.deliveries.slice(start, end), nextCursor: end < this.deliveries.length ? `${end}` : '' });
  }

  private detail(id: string | undefined): Response {
    const delivery = this.deliveries.find((each) => each.id === id);
    if (!delivery) return problem(404, 'not_found', 'There is no such delivery.');
    const body: DeliveryDetail = {
      delivery,
      body: { type: delivery.event, timestamp: delivery.createdAt, data: { id: newId(), name: 'Sintel' } },
      attempts: Array.from({ length: delivery.attempts }, (_, at) => ({ number: at + 1, at: moment(-300 + at), milliseconds: 84, status: delivery.status, error: delivery.error })),
    };
    return json(body);
  }
}
