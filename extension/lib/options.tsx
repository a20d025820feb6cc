import { useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { connect, disconnect, permissionFor, PlainError, serverOf } from './connect';
import { MagnetOptions } from './magnet-choice';
import { NotifyOptions } from './notify-options';
import type { Connection } from './state';
import { text } from './text';
import { tellBackground, useKept } from './use-kept';

/** Where the user connects to a server. */
export function Options() {
  const kept = useKept();
  const [note, setNote] = useState('');
  if (!kept) return null;
  const { connection } = kept;
  return (
    <main>
      <h1>{text('appName')}</h1>
      {connection && !connection.revoked ? (
        <Connected connection={connection} onNote={setNote} />
      ) : (
        <Connect known={connection} onNote={setNote} />
      )}
      <p className="note" role="status">
        {note}
      </p>
    </main>
  );
}

interface ConnectProps {
  known: Connection | undefined;
  onNote: (note: string) => void;
}

function Connect({ known, onNote }: ConnectProps) {
  const [address, setAddress] = useState(known?.server ?? '');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const start = async () => {
    const server = serverOf(address);
    // First, because browsers ask only within the click.
    if (!(await browser.permissions.request(permissionFor(server)))) throw new PlainError(text('noPermission', server));
    await connect(server);
    tellBackground();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault('');
    onNote('');
    start()
      .catch((error: unknown) => setFault(error instanceof PlainError ? error.message : text('wrong')))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} noValidate>
      {known && <p role="alert">{text('revokedServer', known.server)}</p>}
      <label htmlFor="server">{text('addressLabel')}</label>
      <input
        id="server"
        type="url"
        inputMode="url"
        placeholder={text('addressPlaceholder')}
        value={address}
        onInput={(event) => setAddress(event.currentTarget.value)}
        aria-invalid={fault !== ''}
        aria-describedby="fault"
      />
      <p id="fault" className="fault" role="alert">
        {fault}
      </p>
      <button type="submit" className="primary" disabled={busy}>
        {text(busy ? 'waitingForAnswer' : 'connect')}
      </button>
      <p className="note">{text('connectNote')}</p>
    </form>
  );
}

interface ConnectedProps {
  connection: Connection;
  onNote: (note: string) => void;
}

function Connected({ connection, onNote }: ConnectedProps) {
  const [busy, setBusy] = useState(false);
  const leave = () => {
    setBusy(true);
    void disconnect().then((revoked) => {
      onNote(text(revoked ? 'disconnected' : 'disconnectedHere'));
      tellBackground();
    });
  };
  return (
    <section>
      <dl>
        <dt>{text('server')}</dt>
        <dd>
          <a href={connection.server} target="_blank" rel="noreferrer">
            {connection.server}
          </a>
        </dd>
        <dt>{text('account')}</dt>
        <dd>{connection.email}</dd>
        <dt>{text('version')}</dt>
        <dd>{connection.version}</dd>
      </dl>
      <button type="button" disabled={busy} onClick={leave}>
        {text('disconnect')}
      </button>
      <NotifyOptions />
      <MagnetOptions />
    </section>
  );
}
