import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import '../messages/catalogue';
import { SecretBox } from './secret-box';
import classes from './settings.module.css';

/** The recovery codes, shown only once. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation('settings');
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        {t('recoveryCodes.keepTheseAway')}
      </p>
      <SecretBox label={t('recoveryCodes.recoveryCodes')} value={codes.join('\n')} fileName="longhaul-recovery-codes.txt" focused />
      <div className={classes.buttons}>
        <Button onClick={onClose}>{t('recoveryCodes.iveSavedThem')}</Button>
      </div>
    </div>
  );
}
