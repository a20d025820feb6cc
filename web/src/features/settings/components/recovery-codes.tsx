import { Button } from '@mantine/core';

import { SecretBox } from './secret-box';
import classes from './settings.module.css';

/** The recovery codes, shown this once. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        Keep these where your devices are not: each signs you in once, without app and passkey. They are not shown again.
      </p>
      <SecretBox label="Recovery codes" value={codes.join('\n')} fileName="longhaul-recovery-codes.txt" focused />
      <div className={classes.buttons}>
        <Button onClick={onClose}>I have kept them</Button>
      </div>
    </div>
  );
}
