import { Trans, useTranslation } from 'react-i18next';

import { ShownOnce } from '@/components/shown-once';

import '../messages/catalogue';

/** The secret of a webhook, shown once. */
export function WebhookSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation('notifications');
  return (
    <ShownOnce label={t('form.secret')} value={secret} copyLabel={t('form.copy')} onDone={onDone}>
      <Trans
        t={t}
        i18nKey="form.secretHelp"
        components={{
          // eslint-disable-next-line jsx-a11y/anchor-has-content -- the text in the catalogue fills it
          site: <a href="https://www.standardwebhooks.com/" target="_blank" rel="noreferrer" />,
        }}
      />
    </ShownOnce>
  );
}
