import { browser, type Browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';

import { count, showBadge } from '@/lib/badge';
import { notify, openNotified } from '@/lib/notify';
import { enqueue, flush, waitingCount } from '@/lib/queue';
import { sourceOf, sourcesIn } from '@/lib/source';
import { readConnection } from '@/lib/state';
import { text } from '@/lib/text';

const retry = 'retry';

const menus = [
  { id: 'link', title: 'menuLink', contexts: ['link'] },
  { id: 'selection', title: 'menuSelection', contexts: ['selection'] },
  { id: 'page', title: 'menuPage', contexts: ['page'] },
] as const;

/** What the user picked, as sources. */
function picked(info: Browser.contextMenus.OnClickData): string[] {
  if (info.menuItemId === 'selection') return sourcesIn(info.selectionText ?? '');
  const source = sourceOf((info.menuItemId === 'link' ? info.linkUrl : info.pageUrl) ?? '');
  return source === undefined ? [] : [source];
}

// The alarm outlives this worker: whatever ends it, what waits is tried again.
async function tryAgainLater(): Promise<void> {
  await browser.alarms.create(retry, { delayInMinutes: 0.5, periodInMinutes: 1 });
}

async function work(soon: boolean): Promise<void> {
  if ((await waitingCount()) > 0) await tryAgainLater();
  await flush();
  const connection = await readConnection();
  if ((await waitingCount()) === 0 || !connection || connection.revoked) await browser.alarms.clear(retry);
  await showBadge();
  await count(soon);
  await showBadge();
  await notify().catch(() => undefined); // the next alarm looks again
}

async function onMenu(info: Browser.contextMenus.OnClickData): Promise<void> {
  const sources = picked(info);
  if (sources.length === 0) {
    await browser.action.setBadgeText({ text: '?' });
    return;
  }
  await tryAgainLater();
  await enqueue(sources);
  if (!(await readConnection())) await browser.runtime.openOptionsPage();
  await work(true);
}

// Before the permission is granted there is no such API. At once, because a click may be what starts this worker.
function hearNotifications(): void {
  (browser.notifications as typeof browser.notifications | undefined)?.onClicked.addListener(onNotification);
}

function onNotification(jobId: string): void {
  void openNotified(jobId);
}

export default defineBackground(() => {
  browser.runtime.onInstalled.addListener(() => {
    void browser.contextMenus.removeAll().then(() => {
      for (const { id, title, contexts } of menus) browser.contextMenus.create({ id, title: text(title), contexts: [...contexts] });
    });
  });
  browser.contextMenus.onClicked.addListener((info) => void onMenu(info));
  browser.runtime.onStartup.addListener(() => void work(true));
  browser.alarms.onAlarm.addListener(() => void work(false));
  hearNotifications();
  browser.permissions.onAdded.addListener(hearNotifications);
  // Only our own pages are heard, and all they can say is that there is work.
  browser.runtime.onMessage.addListener((message: unknown, sender) => {
    if (sender.id !== browser.runtime.id || !sender.url?.startsWith(browser.runtime.getURL('/'))) return;
    if (message === 'work') void work(true);
  });
});
