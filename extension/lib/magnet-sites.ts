import { browser } from 'wxt/browser';

import { permissionFor } from './connect';
import { readConnection } from './state';

/** The file of the script that hears clicks, and the name by which the browser knows it. */
export const clickScript = { id: 'magnet-click', file: '/magnet-click.js' } as const;

/** Stands for every site. Others are their origins, such as https://example.org. */
export const everywhere = '*';

/** How many sites are kept at most. */
const mostSites = 200;

interface Kept {
  magnetSites?: string[];
}

/** Returns the site of an address, undefined for what is no web page. */
export function siteOf(address: string | undefined): string | undefined {
  if (address === undefined || !/^https?:/i.test(address)) return undefined;
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}`;
}

function permissionOf(site: string): { origins: string[] } {
  return site === everywhere ? { origins: ['https://*/*', 'http://*/*'] } : permissionFor(site);
}

/** The sites where clicks on magnet links are sent, as far as the browser allows them. */
export async function readSites(): Promise<string[]> {
  const { magnetSites = [] } = await browser.storage.local.get<Kept>('magnetSites');
  const allowed = await Promise.all(magnetSites.map((site) => browser.permissions.contains(permissionOf(site))));
  return magnetSites.filter((_, at) => allowed[at]);
}

/** Reports whether clicks on magnet links are sent on the page of an address. */
export async function isOn(address: string | undefined): Promise<boolean> {
  const site = siteOf(address);
  const sites = await readSites();
  return site !== undefined && (sites.includes(site) || sites.includes(everywhere));
}

async function changeSites(change: (sites: string[]) => string[]): Promise<void> {
  await navigator.locks.request('longhaul-sites', async () => {
    const { magnetSites = [] } = await browser.storage.local.get<Kept>('magnetSites');
    await browser.storage.local.set({ magnetSites: change(magnetSites).slice(-mostSites) });
  });
}

/** Turns a site on if the browser lets the user; returns whether it is. Called first of all in a click. */
export async function turnOn(site: string): Promise<boolean> {
  const asked = browser.permissions.request(permissionOf(site));
  // Kept before the answer: the question may close the popup, and the background then goes on.
  await changeSites((sites) => [...sites.filter((each) => each !== site), site]);
  const on = await asked.catch(() => false);
  if (!on) await changeSites((sites) => sites.filter((each) => each !== site));
  await registerScript();
  return on;
}

/** Turns a site off and gives the access back, unless it is the server's. */
export async function turnOff(site: string): Promise<void> {
  await changeSites((sites) => sites.filter((each) => each !== site));
  await registerScript();
  if (siteOf((await readConnection())?.server) !== site) await browser.permissions.remove(permissionOf(site)).catch(() => false);
}

/** Has the browser run the script on the sites that are on, and on no other. */
export async function registerScript(): Promise<void> {
  await navigator.locks.request('longhaul-script', async () => {
    const matches = (await readSites()).flatMap((site) => permissionOf(site).origins);
    const known = await browser.scripting.getRegisteredContentScripts({ ids: [clickScript.id] });
    if (known.length > 0) await browser.scripting.unregisterContentScripts({ ids: [clickScript.id] });
    if (matches.length === 0) return;
    await browser.scripting.registerContentScripts([{ id: clickScript.id, js: [clickScript.file], matches, runAt: 'document_start', allFrames: false }]);
  });
}
