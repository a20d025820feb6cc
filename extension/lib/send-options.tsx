import { useEffect, useState } from 'preact/hooks';

import { clientOf, type Label, type Provider } from './api';
import type { Connection, Options } from './state';
import { text } from './text';

interface SendOptionsProps {
  connection: Connection;
  options: Options;
  /** There are addresses of torrent files among what is sent. */
  torrents: boolean;
  onOptions: (options: Options) => void;
}

const providers = { agent: 'providerAgent', seedr: 'providerSeedr' } as const satisfies Record<Provider, string>;

/** Lets the user say more about what they send. What they can't choose is not asked. */
export function SendOptions({ connection: { server, token }, options, torrents, onOptions }: SendOptionsProps) {
  const [labels, setLabels] = useState<Label[]>([]);
  const [mayChoose, setMayChoose] = useState(false);
  useEffect(() => {
    const client = clientOf(server, token);
    // Without an answer the rules count, as without a choice.
    client.GET('/api/v1/labels').then(({ data }) => setLabels(data?.labels ?? [])).catch(() => undefined);
    client.GET('/api/v1/rules').then(({ data }) => setMayChoose(data?.providerChoice === true)).catch(() => undefined);
  }, [server, token]);
  return (
    <>
      {labels.length > 0 && (
        <label className="field">
          {text('label')}
          <select value={options.labels?.[0] ?? ''} onChange={({ currentTarget: { value } }) => onOptions({ ...options, labels: value === '' ? undefined : [value] })}>
            <option value="">{text('labelByRules')}</option>
            {labels.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {mayChoose && (
        <label className="field">
          {text('provider')}
          <select value={options.provider ?? ''} onChange={({ currentTarget: { value } }) => onOptions({ ...options, provider: value === '' ? undefined : (value as Provider) })}>
            <option value="">{text('providerByRules')}</option>
            {Object.entries(providers).map(([id, name]) => (
              <option key={id} value={id}>
                {text(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="choice">
        <input type="checkbox" checked={options.chooseFiles ?? false} onChange={({ currentTarget: { checked } }) => onOptions({ ...options, chooseFiles: checked })} />
        {text('chooseFiles')}
      </label>
      {torrents && (
        <label className="choice">
          <input type="checkbox" checked={options.here ?? false} onChange={({ currentTarget: { checked } }) => onOptions({ ...options, here: checked })} />
          {text('cookiesChoice')}
        </label>
      )}
    </>
  );
}
