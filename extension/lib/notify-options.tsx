import { useEffect, useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { keepKinds, kinds, notifyPermission, readKinds, type Kind } from './notify';
import { text } from './text';
import { tellBackground } from './use-kept';

const allKinds = Object.keys(kinds) as Kind[];

/** Where the user turns notifications on and off, each kind alone. */
export function NotifyOptions() {
  const [wanted, setWanted] = useState<Kind[]>();
  const [fault, setFault] = useState('');
  useEffect(() => {
    void readKinds().then(setWanted);
  }, []);
  if (!wanted) return null;
  const change = async (kind: Kind, on: boolean) => {
    setFault('');
    // First, because browsers ask only within the click.
    if (on && !(await browser.permissions.request(notifyPermission))) {
      setFault(text('noNotifications'));
      return;
    }
    const next = allKinds.filter((each) => (each === kind ? on : wanted.includes(each)));
    await keepKinds(next);
    setWanted(next);
    if (next.length === 0) await browser.permissions.remove(notifyPermission);
    tellBackground();
  };
  return (
    <fieldset>
      <legend>{text('notifyLegend')}</legend>
      {allKinds.map((kind) => (
        <label key={kind} className="choice">
          <input
            type="checkbox"
            checked={wanted.includes(kind)}
            onChange={(event) => {
              const box = event.currentTarget;
              void change(kind, box.checked).finally(() => readKinds().then((kept) => (box.checked = kept.includes(kind))));
            }}
          />
          {text(kinds[kind])}
        </label>
      ))}
      <p className="fault" role="alert">
        {fault}
      </p>
    </fieldset>
  );
}
