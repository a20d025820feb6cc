import { useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { connect, disconnect, permissionFor, PlainError, serverOf } from './connect';
import { NotifyOptions } from './notify-options';
import type { Connection } from './state';
import { tellBackground, useKept } from './use-kept';

/** Where the user connects to a server. */
export function Options() {
  const kept = useKept();
  const [note, setNote] = useState('');
  if (!kept) return null;
  const { connection } = kept;
  return (
    <main>
      <h1>Longhaul</h1>
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
    if (!(await browser.permissions.request(permissionFor(server)))) throw new PlainError(`Without access to ${server} the extension can’t send anything there.`);
    await connect(server);
    tellBackground();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault('');
    onNote('');
    start()
      .catch((error: unknown) => setFault(error instanceof PlainError ? error.message : 'Something went wrong. Try again.'))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} noValidate>
      {known && <p role="alert">This browser is no longer connected to {known.server}. Its access was revoked or has expired. What you sent is kept.</p>}
      <label htmlFor="server">Address of your server</label>
      <input
        id="server"
        type="url"
        inputMode="url"
        placeholder="https://longhaul.example.com"
        value={address}
        onInput={(event) => setAddress(event.currentTarget.value)}
        aria-invalid={fault !== ''}
        aria-describedby="fault"
      />
      <p id="fault" className="fault" role="alert">
        {fault}
      </p>
      <button type="submit" className="primary" disabled={busy}>
        {busy ? 'Waiting for your answer' : 'Connect'}
      </button>
      <p className="note">Your server opens in a window and asks you. The extension gets access to this server alone, and sends only what you choose.</p>
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
      onNote(revoked ? 'Disconnected. The server no longer accepts this browser.' : 'Disconnected here. The server didn’t respond: revoke this browser there, in Settings › API tokens.');
      tellBackground();
    });
  };
  return (
    <section>
      <dl>
        <dt>Server</dt>
        <dd>
          <a href={connection.server} target="_blank" rel="noreferrer">
            {connection.server}
          </a>
        </dd>
        <dt>Account</dt>
        <dd>{connection.email}</dd>
        <dt>Version</dt>
        <dd>{connection.version}</dd>
      </dl>
      <button type="button" disabled={busy} onClick={leave}>
        Disconnect
      </button>
      <NotifyOptions />
    </section>
  );
}
