import { because, moment } from '../fixtures';
import { makeDelivery, makeNotification, makeWebhook } from '../notifications';
import type { World } from '../world';

const longName = 'Cosmos Laundromat (2015) — 第一周期 · \u202eΈνα πολύ μακρύ όνομα που δεν τελειώνει ποτέ, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC';

/** Fills what the user is told, and webhooks in every state. */
export function toldMuch({ notifications, jobs }: World): void {
  const jobId = jobs.at(0)?.id ?? null;
  notifications.list = [
    makeNotification({ jobId, name: 'Sintel.2010.2160p.Open.Movie.BluRay.x265-BLENDER' }),
    makeNotification({ jobId, event: 'download.needs_attention', name: longName, reason: because('source_failing', { cause: 'broken' }), createdAt: moment(-900) }),
    makeNotification({ jobId: null, event: 'webhook.disabled', name: 'Media server in the cellar', reason: null, createdAt: moment(-7_000) }),
    makeNotification({ jobId, event: 'download.failed', name: 'old-camera-firmware.zip', reason: because('not_found_at_source', { status: 404 }), read: true, createdAt: moment(-80_000) }),
    makeNotification({ jobId: null, name: '', read: true, createdAt: moment(-190_000) }),
  ];
  notifications.mail = ['download.failed', 'download.needs_attention'];
  notifications.webhooks = [
    makeWebhook(),
    makeWebhook({ name: longName, host: 'a-department-with-a-long-name.operations-and-infrastructure.of-the-northern-harbour.example.org:8443', failingSince: moment(-100_000) }),
    makeWebhook({ name: 'Media server in the cellar', enabled: false, offReason: 'gone', events: ['download.ready'] }),
    makeWebhook({ name: 'Dashboard', enabled: false, events: ['download.needs_attention'] }),
  ];
  notifications.deliveries = [
    makeDelivery({ state: 'queued', attempts: 3, status: 503, error: 'The server answered 503 Service Unavailable.', endedAt: null, nextAt: moment(1_200) }),
    makeDelivery({ event: 'test', state: 'delivered' }),
    makeDelivery({ event: 'download.failed', state: 'failed', attempts: 10, status: 0, error: 'The host could not be found.', createdAt: moment(-400_000) }),
  ];
}
