import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Delivery, DeliveryDetail, JobNotable, MadeWebhook, Notable, Notification, NotificationSettings, Webhook, WebhookChange } from '@/api/model';
import { http, send } from '@/lib/http';

export const notificationKeys = {
  all: ['notifications'] as const,
  told: () => [...notificationKeys.all, 'told'] as const,
  newest: () => [...notificationKeys.told(), 'newest'] as const,
  list: (view: NotificationView) => [...notificationKeys.told(), 'list', view] as const,
  settings: () => [...notificationKeys.all, 'settings'] as const,
  webhooks: ['webhooks'] as const,
  deliveries: (webhook: string) => [...notificationKeys.webhooks, webhook, 'deliveries'] as const,
  delivery: (webhook: string, id: string) => [...notificationKeys.webhooks, webhook, 'delivery', id] as const,
};

const shown = 20;
const again = 240_000;
const untilItEnds = 1_500;
const whileQueued = 10_000;

/** The newest of what the user is told, and how much of all is unread. */
export interface Newest {
  notifications: Notification[];
  unread: number;
}

/** What the user is told of, newest first. The stream says when to ask again; other events are found by asking. */
export function newestQuery() {
  return queryOptions({
    queryKey: notificationKeys.newest(),
    queryFn: ({ signal }): Promise<Newest> => send(http.GET('/api/v1/notifications', { params: { query: { limit: shown } }, signal })),
    refetchInterval: again,
  });
}

/** Which notifications a page lists. */
export interface NotificationView {
  unread: boolean;
  /** Empty for all. */
  event: Notable | '';
}

interface NotificationItems {
  items: Notification[];
  unread: number;
  next: string;
}

/** What the user was told, newest first, page by page. */
export function notificationsQuery(view: NotificationView) {
  return infiniteQueryOptions({
    queryKey: notificationKeys.list(view),
    queryFn: async ({ pageParam, signal }): Promise<NotificationItems> => {
      const query = { ...(view.unread && { unread: true }), ...(view.event !== '' && { event: view.event }), ...(pageParam !== '' && { cursor: pageParam }) };
      const page = await send(http.GET('/api/v1/notifications', { params: { query }, signal }));
      return { items: page.notifications, unread: page.unread, next: page.nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: (last: NotificationItems) => (last.next === '' ? undefined : last.next),
  });
}

/** Marks one notification as read. */
export async function markRead(id: string): Promise<void> {
  await send(http.POST('/api/v1/notifications/read', { body: { ids: [id] } }));
}

/** Marks all notifications up to a time as read, so that one which arrives meanwhile stays unread. */
export async function markAllRead(until: string): Promise<void> {
  await send(http.POST('/api/v1/notifications/read', { body: { until } }));
}

/** How the user is told of downloads. */
export function settingsQuery() {
  return queryOptions({
    queryKey: notificationKeys.settings(),
    queryFn: async ({ signal }): Promise<NotificationSettings> => {
      const { mail, appLabels = [], mailLabels = [] } = await send(http.GET('/api/v1/notifications/settings', { signal }));
      return { mail, appLabels, mailLabels };
    },
  });
}

/** Changes how the user is told of downloads. */
export async function saveSettings(body: NotificationSettings): Promise<void> {
  await send(http.PUT('/api/v1/notifications/settings', { body }));
}

/** The user's webhooks, without their addresses and secrets. */
export function webhooksQuery() {
  return queryOptions({
    queryKey: notificationKeys.webhooks,
    queryFn: async ({ signal }): Promise<Webhook[]> => (await send(http.GET('/api/v1/webhooks', { signal }))).webhooks,
  });
}

/** Adds a webhook. Only this answer contains its secret. */
export function addWebhook(body: { name: string; url: string; events: JobNotable[]; labels: string[] }): Promise<MadeWebhook> {
  return send(http.POST('/api/v1/webhooks', { body }));
}

/** Changes a webhook; what is left out stays. */
export function changeWebhook(id: string, body: WebhookChange): Promise<Webhook> {
  return send(http.PATCH('/api/v1/webhooks/{id}', { params: { path: { id } }, body }));
}

/** Replaces a webhook's secret. Only this answer contains the new one. */
export function renewSecret(id: string): Promise<MadeWebhook> {
  return send(http.POST('/api/v1/webhooks/{id}/secret', { params: { path: { id } } }));
}

/** Deletes a webhook with its log. */
export async function deleteWebhook(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/webhooks/{id}', { params: { path: { id } } }));
}

/** Sends a test event, once. */
export function testWebhook(id: string): Promise<Delivery> {
  return send(http.POST('/api/v1/webhooks/{id}/test', { params: { path: { id } } }));
}

/** Sends a delivery that has ended once more. */
export function replayDelivery(id: string, delivery: string): Promise<Delivery> {
  return send(http.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/replay', { params: { path: { id, delivery } } }));
}

interface DeliveryItems {
  items: Delivery[];
  next: string;
}

/** What was sent to a webhook, newest first; asked for again while something is on its way. */
export function deliveriesQuery(webhook: string) {
  return infiniteQueryOptions({
    queryKey: notificationKeys.deliveries(webhook),
    queryFn: async ({ pageParam, signal }): Promise<DeliveryItems> => {
      const query = pageParam === '' ? {} : { cursor: pageParam };
      const page = await send(http.GET('/api/v1/webhooks/{id}/deliveries', { params: { path: { id: webhook }, query }, signal }));
      return { items: page.deliveries, next: page.nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: (last: DeliveryItems) => (last.next === '' ? undefined : last.next),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((item) => item.state === 'queued')) === true && whileQueued),
  });
}

/** One delivery with its attempts; asked for again until it has ended. */
export function deliveryQuery(webhook: string, id: string) {
  return queryOptions({
    queryKey: notificationKeys.delivery(webhook, id),
    queryFn: ({ signal }): Promise<DeliveryDetail> =>
      send(http.GET('/api/v1/webhooks/{id}/deliveries/{delivery}', { params: { path: { id: webhook, delivery: id } }, signal })),
    staleTime: 0,
    refetchInterval: ({ state }) => state.data?.delivery.state === 'queued' && untilItEnds,
  });
}
