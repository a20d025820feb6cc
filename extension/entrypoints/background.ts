import { browser, type Browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';

import { count, showBadge } from '@/lib/badge';
import { heardMagnet, type Outcome } from '@/lib/magnet-click';
import { isOn, registerScript } from '@/lib/magnet-sites';
import { notify, openNotified } from '@/lib/notify';
import { enqueue, flush, waitingCount } from '@/lib/queue';
import { sourceOf, sourcesIn } from '@/lib/source';
import { readConnection, readItems } from '@/lib/state';
import { text } from '@/lib/text';
import { askForSites } from '@/lib/torrent';

const retry = 'retry';

const menus = [
  { id: 'link', title: 'menuLink', contexts: ['link'] },
  // Where a link is likely to lead to a torrent file that its site gives only to those who are signed in there.
  { id: 'torrent', title: 'menuTorrent', contexts: ['link'], targetUrlPatterns: ['*://*/*torrent*'] },
  { id: 'selection', title: 'menuSelection', contexts: ['selection'] },
  { id: 'page', title: 'menuPage', contexts: ['page'] },
] as const;

async function makeMenus(): Promise<void> {
  await browser.contextMenus.removeAll();
  for (const menu of menus) {
    const { id, title, contexts } = menu;
    browser.contextMenus.create({ id, title: text(title), contexts: [...contexts], ...('targetUrlPatterns' in menu && { targetUrlPatterns: [...menu.targetUrlPatterns] }) });
  }
}

/** What the user picked, as sources. */
function picked(info: Browser.contextMenus.OnClickData): string[] {
  if (info.menuItemId === 'selection') return sourcesIn(info.selectionText ?? '');
  const source = sourceOf((info.menuItemId === 'link' || info.menuItemId === 'torrent' ? info.linkUrl : info.pageUrl) ?? '');
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
  const here = info.menuItemId === 'torrent' && sources.every((source) => !source.startsWith('magnet:'));
  const asked = here ? askForSites(sources) : undefined;
  await tryAgainLater();
  await asked;
  await enqueue(sources, here ? { here } : {});
  if (!(await readConnection())) await browser.runtime.openOptionsPage();
  await work(true);
}

// The page is told what became of its link, and nothing else.
async function onMagnet(magnet: string, page: string | undefined): Promise<Outcome> {
  if (!(await isOn(page))) return 'off';
  await tryAgainLater();
  if ((await enqueue([magnet])) === 0) return 'refused';
  await flush();
  const connection = await readConnection();
  const item = (await readItems()).findLast(({ source }) => source === magnet);
  return item?.state === 'waiting' && (!connection || connection.revoked) ? 'kept' : (item?.state ?? 'refused');
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
    void makeMenus();
    void registerScript();
  });
  browser.contextMenus.onClicked.addListener((info) => void onMenu(info));
  browser.runtime.onStartup.addListener(() => {
    void registerScript();
    void work(true);
  });
  browser.alarms.onAlarm.addListener(() => void work(false));
  hearNotifications();
  browser.permissions.onAdded.addListener(() => {
    hearNotifications();
    void registerScript();
    void work(true); // a torrent file may wait for its site
  });
  browser.permissions.onRemoved.addListener(() => void registerScript());
  // Our own pages can say that there is work, and our script in a page which magnet link was clicked. No one else is heard.
  browser.runtime.onMessage.addListener((message: unknown, sender, answer: (outcome: Outcome) => void) => {
    const magnet = heardMagnet(message, sender);
    if (magnet !== undefined) {
      void onMagnet(magnet, sender.url)
        .catch((): Outcome => 'refused')
        .then(answer)
        .then(() => work(true));
      return true;
    }
    if (sender.id !== browser.runtime.id || !sender.url?.startsWith(browser.runtime.getURL('/'))) return false;
    if (message === 'work') void work(true);
    return false;
  });
});
