import { useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { formatBytes, formatDuration, formatPercent, formatRate } from '../../web/src/lib/format';
import { nameOf, stateWords } from '../../web/src/lib/job-words';
import type { Job, Usage } from './api';
import { linkOf, playOf, shareOf, type Downloads } from './downloads';
import type { Connection } from './state';
import { text } from './text';

/** The account's storage, what runs and what is ready. */
export function DownloadsView({ downloads, connection }: { downloads: Downloads; connection: Connection }) {
  const { open, ready, usage } = downloads;
  return (
    <>
      <Storage usage={usage} />
      {open.length > 0 && (
        <section>
          <h2>{text('downloads')}</h2>
          <ul className="items" aria-label={text('downloads')}>
            {open.map((job) => (
              <Open key={job.id} job={job} server={connection.server} />
            ))}
          </ul>
        </section>
      )}
      {ready.length > 0 && (
        <section>
          <h2>{text('ready')}</h2>
          <ul className="items" aria-label={text('ready')}>
            {ready.map((job) => (
              <Ready key={job.id} job={job} connection={connection} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Storage({ usage }: { usage: Usage }) {
  const { used, reserved, limit } = usage.storage;
  const taken = used + reserved;
  if (limit === null) return <p className="note">{text('amountStored', formatBytes(taken))}</p>;
  return (
    <div className="storage">
      <span id="storage">
        {text('amountUsed', formatBytes(taken), formatBytes(limit))}
      </span>
      <progress aria-labelledby="storage" data-full={taken >= limit} value={limit > 0 ? Math.min(1, taken / limit) : 1} />
    </div>
  );
}

function Name({ job, server }: { job: Job; server: string }) {
  const name = nameOf(job);
  return (
    <p className="name" dir="auto" title={name}>
      <a href={`${server}/jobs/${job.id}`} target="_blank" rel="noreferrer">
        {name}
      </a>
    </p>
  );
}

function figuresOf(job: Job, share: number | undefined): string {
  const { progress } = job;
  const parts = share === undefined ? [] : [formatPercent(share)];
  if (progress && progress.downRate > 0) parts.push(formatRate(progress.downRate));
  if (progress?.etaSeconds != null) parts.push(text('timeLeft', formatDuration(progress.etaSeconds)));
  return parts.join(' · ');
}

function Open({ job, server }: { job: Job; server: string }) {
  const share = shareOf(job);
  const runs = job.state === 'downloading' || job.state === 'storing' || job.state === 'resolving';
  const said = runs ? (job.progress?.waiting?.text ?? figuresOf(job, share)) : job.state === 'queued' ? '' : job.reason.text;
  return (
    <li data-state={job.state}>
      <Name job={job} server={server} />
      <p className="answer">
        <b>{stateWords[job.state]}</b>
        {said !== '' && ` · ${said}`}
      </p>
      {runs && <progress aria-label={text('progressOf', nameOf(job))} {...(share === undefined ? {} : { value: share })} />}
    </li>
  );
}

function Ready({ job, connection }: { job: Job; connection: Connection }) {
  const [note, setNote] = useState('');
  const copy = () => {
    setNote(text('copying'));
    linkOf(connection, job.id)
      .then((url) => navigator.clipboard.writeText(url))
      .then(() => setNote(text('copied')))
      .catch((error: unknown) => setNote(error instanceof Error ? error.message : text('copyFault')));
  };
  const play = () => {
    playOf(connection, job.id)
      .then((page) => (page === undefined ? setNote(text('playNothing')) : void browser.tabs.create({ url: page })))
      .catch(() => setNote(text('playFault')));
  };
  return (
    <li data-state="ready">
      <Name job={job} server={connection.server} />
      <p className="answer">
        <b>{stateWords.ready}</b>
        {job.size !== null && ` · ${formatBytes(job.size)}`}
        <span role="status">{note !== '' && ` · ${note}`}</span>
      </p>
      {!job.blocked && (
        <p className="acts">
          <button type="button" className="quiet" aria-label={text('playName', nameOf(job))} onClick={play}>
            {text('play')}
          </button>
          <button type="button" className="quiet" aria-label={text('copyLinkTo', nameOf(job))} onClick={copy}>
            {text('copyLink')}
          </button>
        </p>
      )}
    </li>
  );
}
