import { useEffect, useState } from 'preact/hooks';

import { formatCount, formatPlural } from '../../web/src/lib/format';
import { enqueue } from './queue';
import { SendOptions } from './send-options';
import { scanPage, type Found, type Scan } from './scan';
import type { Connection, Options } from './state';
import { text } from './text';
import { askForSites } from './torrent';
import { tellBackground } from './use-kept';

/** Lists the links of the page that the user looks at, and sends those that they choose. */
export function ScanView({ connection, onDone }: { connection: Connection; onDone: (note: string) => void }) {
  const [scan, setScan] = useState<Scan>();
  const [fault, setFault] = useState(false);
  useEffect(() => {
    scanPage().then(setScan, () => setFault(true));
  }, []);
  const back = (
    <button type="button" onClick={() => onDone('')}>
      {text('back')}
    </button>
  );
  if (!scan || scan.found.length === 0) {
    const said = text(fault ? 'pageFault' : scan ? 'noLinks' : 'reading');
    return (
      <section>
        <p role="status">{said}</p>
        {back}
      </section>
    );
  }
  return <Choose scan={scan} connection={connection} onDone={onDone} back={back} />;
}

interface ChooseProps {
  scan: Scan;
  connection: Connection;
  onDone: (note: string) => void;
  back: preact.JSX.Element;
}

function Choose({ scan: { found, more }, connection, onDone, back }: ChooseProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [options, setOptions] = useState<Options>({});
  const toggle = (source: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(source);
    else next.delete(source);
    setChosen(next);
  };
  const send = async () => {
    const picked = found.filter(({ source }) => chosen.has(source));
    const files = options.here ? picked.filter(({ kind }) => kind === 'kindTorrent').map(({ source }) => source) : [];
    const others = picked.map(({ source }) => source).filter((source) => !files.includes(source));
    // Asked first and kept before the answer: the question may close the popup, and the background then goes on.
    const asked = files.length > 0 ? askForSites(files) : undefined;
    const kept = (await enqueue(others, { ...options, here: undefined })) + (await enqueue(files, options));
    await asked;
    tellBackground();
    onDone(kept < picked.length ? text('leftOut', formatPlural(picked.length - kept, text('linkWas'), text('linksWere'))) : '');
  };
  return (
    <section>
      <h2>{text('linksOnPage', formatPlural(found.length + more, text('linkOne'), text('linkMany')))}</h2>
      {more > 0 && <p className="note">{text('listedFirst', formatCount(found.length))}</p>}
      <label className="choice">
        <input type="checkbox" checked={chosen.size === found.length} onChange={(event) => setChosen(new Set(event.currentTarget.checked ? found.map(({ source }) => source) : []))} />
        {text('selectAll')}
      </label>
      <ul className="found" aria-label={text('linksOnPage', text('linkMany'))}>
        {found.map((each) => (
          <Row key={each.source} found={each} chosen={chosen.has(each.source)} onToggle={toggle} />
        ))}
      </ul>
      <SendOptions connection={connection} options={options} torrents={found.some(({ source, kind }) => kind === 'kindTorrent' && chosen.has(source))} onOptions={setOptions} />
      <p className="acts">
        <button type="button" className="primary" disabled={chosen.size === 0} onClick={() => void send()}>
          {chosen.size === 0 ? text('send') : text('sendCount', formatPlural(chosen.size, text('linkOne'), text('linkMany')))}
        </button>
        {back}
      </p>
    </section>
  );
}

function Row({ found: { source, name, kind }, chosen, onToggle }: { found: Found; chosen: boolean; onToggle: (source: string, on: boolean) => void }) {
  return (
    <li>
      <label className="choice two">
        <input type="checkbox" checked={chosen} onChange={(event) => onToggle(source, event.currentTarget.checked)} />
        <bdi className="name" title={name}>
          {name}
        </bdi>
        <span className="note">{text(kind)}</span>
      </label>
    </li>
  );
}
