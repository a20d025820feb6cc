import { useEffect, useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { clickScript, everywhere, readSites, siteOf, turnOff, turnOn } from './magnet-sites';
import { text } from './text';

/** The sites where clicks on magnet links are sent, as they change. */
function useSites(): string[] | undefined {
  const [sites, setSites] = useState<string[]>();
  useEffect(() => {
    const read = () => void readSites().then(setSites);
    browser.storage.local.onChanged.addListener(read);
    browser.permissions.onAdded.addListener(read);
    browser.permissions.onRemoved.addListener(read);
    read();
    return () => {
      browser.storage.local.onChanged.removeListener(read);
      browser.permissions.onAdded.removeListener(read);
      browser.permissions.onRemoved.removeListener(read);
    };
  }, []);
  return sites;
}

/** Turns clicks on magnet links on and off for the site that the user looks at. */
export function MagnetHere({ server }: { server: string }) {
  const sites = useSites();
  const [tab, setTab] = useState<{ id: number; site: string }>();
  const [fault, setFault] = useState('');
  useEffect(() => {
    void browser.tabs.query({ active: true, currentWindow: true }).then(([found]) => {
      const site = siteOf(found?.url);
      if (found?.id !== undefined && site !== undefined) setTab({ id: found.id, site });
    });
  }, []);
  if (!sites || !tab || sites.includes(everywhere) || tab.site === siteOf(server)) return null;
  const change = async (on: boolean) => {
    setFault('');
    if (!on) await turnOff(tab.site);
    else if (await turnOn(tab.site)) await browser.scripting.executeScript({ target: { tabId: tab.id }, files: [clickScript.file] });
    else {
      setFault(text('magnetNoAccess'));
      throw new Error('not allowed');
    }
  };
  return (
    <>
      <label className="choice">
        <input type="checkbox" checked={sites.includes(tab.site)} onChange={(event) => void toggle(event.currentTarget, change, () => sites.includes(tab.site))} />
        {text('magnetSite', new URL(tab.site).hostname)}
      </label>
      <p className="fault" role="alert">
        {fault}
      </p>
    </>
  );
}

/** Does what a box was clicked for; afterwards the box shows what is kept. */
async function toggle(box: HTMLInputElement, change: (on: boolean) => Promise<void>, before: () => boolean): Promise<void> {
  const wanted = box.checked;
  await change(wanted).catch(() => (box.checked = before()));
}

/** Lists the sites where clicks on magnet links are sent. */
export function MagnetOptions() {
  const sites = useSites();
  const [fault, setFault] = useState('');
  if (!sites) return null;
  const all = sites.includes(everywhere);
  const change = async (on: boolean) => {
    setFault('');
    if (!on) await turnOff(everywhere);
    else if (!(await turnOn(everywhere))) {
      setFault(text('magnetNoAccess'));
      throw new Error('not allowed');
    }
  };
  const single = sites.filter((site) => site !== everywhere);
  return (
    <fieldset>
      <legend>{text('magnetLegend')}</legend>
      <label className="choice">
        <input type="checkbox" checked={all} onChange={(event) => void toggle(event.currentTarget, change, () => all)} />
        {text('magnetAll')}
      </label>
      <p className="note">{text(all || single.length > 0 ? 'magnetAllNote' : 'magnetNone')}</p>
      <ul className="sites" aria-label={text('magnetLegend')}>
        {single.map((site) => (
          <li key={site}>
            <bdi>{site}</bdi>
            <button type="button" className="quiet" aria-label={text('siteRemoveName', site)} onClick={() => void turnOff(site)}>
              {text('siteRemove')}
            </button>
          </li>
        ))}
      </ul>
      <p className="fault" role="alert">
        {fault}
      </p>
    </fieldset>
  );
}
