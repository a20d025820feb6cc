import { Button } from '@mantine/core';

import { SecretBox } from './secret-box';
import classes from './settings.module.css';

/** The recovery codes, shown only once. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        Keep these away from your devices. Each one signs you in once, without the app or a passkey. They won't be shown again.
      </p>
      <SecretBox label="Recovery codes" value={codes.join('\n')} fileName="longhaul-recovery-codes.txt" focused />
      <div className={classes.buttons}>
        <Button onClick={onClose}>I've saved them</Button>
      </div>
    </div>
  );
}
