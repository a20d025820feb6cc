import { useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { DownloadsView } from './downloads-view';
import { remove } from './queue';
import { ScanView } from './scan-view';
import type { Connection, Item } from './state';
import { useDownloads } from './use-downloads';
import { tellBackground, useKept } from './use-kept';
import { isTooOld, tooOld } from './version';

/** What runs, what is ready, what was sent, what waits, and whether this browser is connected. */
export function Popup() {
  const kept = useKept();
  const { downloads, lost } = useDownloads(kept?.connection);
  const [scanning, setScanning] = useState(false);
  const [note, setNote] = useState('');
  if (!kept) return null;
  const { connection } = kept;
  // What the server has is shown as the server tells it.
  const shown = new Set([...(downloads?.open ?? []), ...(downloads?.ready ?? [])].map(({ id }) => id));
  const items = kept.items.filter(({ jobId }) => jobId === undefined || !shown.has(jobId)).toReversed();
  const waiting = items.some(({ state }) => state === 'waiting');
  const scanned = (said: string) => {
    setScanning(false);
    setNote(said);
  };
  if (scanning && connection) {
    return (
      <main>
        <h1>Longhaul</h1>
        <ScanView connection={connection} onDone={scanned} />
      </main>
    );
  }
  const nothing = items.length === 0 && shown.size === 0;
  return (
    <main>
      <h1>Longhaul</h1>
      <Status connection={connection} />
      <p className="note" role="status">
        {lost && 'The server doesn’t respond. Trying again…'}
      </p>
      {note !== '' && <p role="alert">{note}</p>}
      {connection && (
        <button type="button" onClick={() => setScanning(true)}>
          Find links on this page
        </button>
      )}
      {downloads && connection && <DownloadsView downloads={downloads} connection={connection} />}
      {items.length > 0 && (
        <section>
          <h2>Sent from this browser</h2>
          <ul className="items" aria-label="Sent from this browser">
            {items.map((item) => (
              <Entry key={item.id} item={item} connection={connection} />
            ))}
          </ul>
        </section>
      )}
      {nothing && connection && <p className="note">Right-click a link, selected text or a page to send it.</p>}
      {waiting && connection && !connection.revoked && (
        <button type="button" onClick={tellBackground}>
          Try now
        </button>
      )}
    </main>
  );
}

function Status({ connection }: { connection: Connection | undefined }) {
  const setUp = () => void browser.runtime.openOptionsPage();
  if (connection && !connection.revoked) {
    return (
      <>
        <p className="status">
          <span>
            {connection.email} on{' '}
            <a href={connection.server} target="_blank" rel="noreferrer">
              {new URL(connection.server).host}
            </a>
          </span>
          <button type="button" className="quiet" onClick={setUp}>
            Settings
          </button>
        </p>
        {isTooOld(connection.version) && (
          <p className="banner" role="alert">
            {tooOld(connection.version)}
          </p>
        )}
      </>
    );
  }
  return (
    <div className="banner" role="alert">
      <p>{connection ? 'This browser is no longer connected. Its access was revoked or has expired. What you send is kept.' : 'Connect your server first. What you send is kept until then.'}</p>
      <button type="button" className="primary" onClick={setUp}>
        {connection ? 'Connect again' : 'Connect'}
      </button>
    </div>
  );
}

/** What an item is called before the server names it. */
function nameOf({ name, source }: Item): string {
  const said = name ?? (source.startsWith('magnet:') ? new URLSearchParams(source.slice('magnet:?'.length)).get('dn') : undefined) ?? '';
  return said === '' ? source : said;
}

const words = { waiting: 'Waiting', sent: 'Sent', refused: 'Not sent' };

function Entry({ item, connection }: { item: Item; connection: Connection | undefined }) {
  const { state, answer, jobId } = item;
  const name = nameOf(item);
  return (
    <li data-state={state}>
      <p className="name" dir="auto" title={name}>
        {jobId !== undefined && connection ? (
          <a href={`${connection.server}/jobs/${jobId}`} target="_blank" rel="noreferrer">
            {name}
          </a>
        ) : (
          name
        )}
      </p>
      <p className="answer">
        <b>{words[state]}</b>
        {answer && `: ${answer.title}. ${answer.detail}`}
      </p>
      <button type="button" className="quiet" aria-label={`Remove ${name}`} onClick={() => void remove(item.id).then(tellBackground)}>
        Remove
      </button>
    </li>
  );
}
