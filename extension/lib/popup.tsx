import { useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { DownloadsView } from './downloads-view';
import { MagnetHere } from './magnet-choice';
import { remove } from './queue';
import { ScanView } from './scan-view';
import type { Connection, Item } from './state';
import { text } from './text';
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
        <h1>{text('appName')}</h1>
        <ScanView connection={connection} onDone={scanned} />
      </main>
    );
  }
  const nothing = items.length === 0 && shown.size === 0;
  return (
    <main>
      <h1>{text('appName')}</h1>
      <Status connection={connection} />
      <p className="note" role="status">
        {lost && text('lost')}
      </p>
      {note !== '' && <p role="alert">{note}</p>}
      {connection && (
        <button type="button" onClick={() => setScanning(true)}>
          {text('findLinks')}
        </button>
      )}
      {connection && <MagnetHere server={connection.server} />}
      {downloads && connection && <DownloadsView downloads={downloads} connection={connection} />}
      {items.length > 0 && (
        <section>
          <h2>{text('sentFrom')}</h2>
          <ul className="items" aria-label={text('sentFrom')}>
            {items.map((item) => (
              <Entry key={item.id} item={item} connection={connection} />
            ))}
          </ul>
        </section>
      )}
      {nothing && connection && <p className="note">{text('nothingYet')}</p>}
      {waiting && connection && !connection.revoked && (
        <button type="button" onClick={tellBackground}>
          {text('tryNow')}
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
            {text('connectedTo', connection.email)}{' '}
            <a href={connection.server} target="_blank" rel="noreferrer">
              {new URL(connection.server).host}
            </a>
          </span>
          <button type="button" className="quiet" onClick={setUp}>
            {text('settings')}
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
      <p>{text(connection ? 'revokedKept' : 'connectFirst')}</p>
      <button type="button" className="primary" onClick={setUp}>
        {text(connection ? 'connectAgain' : 'connect')}
      </button>
    </div>
  );
}

/** What an item is called before the server names it. */
function nameOf({ name, source }: Item): string {
  const said = name ?? (source.startsWith('magnet:') ? new URLSearchParams(source.slice('magnet:?'.length)).get('dn') : undefined) ?? '';
  return said === '' ? source : said;
}

const words = { waiting: 'stateWaiting', sent: 'stateSent', refused: 'stateRefused' } as const;

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
        <b>{text(words[state])}</b>
        {answer && text('answerLine', answer.title, answer.detail)}
      </p>
      <button type="button" className="quiet" aria-label={text('removeName', name)} onClick={() => void remove(item.id).then(tellBackground)}>
        {text('remove')}
      </button>
    </li>
  );
}
