import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Config, Me } from '@/api/model';
import { Page } from '@/components/page';

import '../messages/catalogue';
import { AccountSection } from './account-section';
import { Appearance } from './appearance';
import { DeleteAccount } from './delete-account';
import { OwnData } from './own-data';
import { Passkeys } from './passkeys';
import { Reauth } from './reauth';
import { Section } from './section';
import { Sessions } from './sessions';
import classes from './settings.module.css';
import { Tokens } from './tokens';
import { TotpPanel } from './totp-panel';

interface SettingsPageProps {
  me: Me;
  config: Config;
  /** The sections about downloads. */
  downloads: ReactNode;
  onSignOut: () => void;
  /** Called when the account has changed. */
  onChanged: () => void;
  onDeleted: () => void;
}

/** The account's settings. */
export function SettingsPage({ me, config, downloads, onSignOut, onChanged, onDeleted }: SettingsPageProps) {
  const { t } = useTranslation('settings');
  return (
    <Page title={t('settingsPage.settings')} narrow>
      <Reauth me={me}>
        <AccountSection me={me} config={config} onSignOut={onSignOut} />
        <Section title={t('settingsPage.twoStepSign')} text={t('settingsPage.aCodeFrom')}>
          <TotpPanel onChanged={onChanged} />
        </Section>
        <Section title={t('settingsPage.passkeys')} text={t('settingsPage.signInWith')}>
          <Passkeys me={me} onChanged={onChanged} />
        </Section>
        <Section title={t('settingsPage.sessions')} text={t('settingsPage.whereYoureSigned')}>
          <Sessions />
        </Section>
        <Section title={t('settingsPage.apiTokens')} text={t('settingsPage.forProgramsThat')}>
          <Tokens me={me} />
          <p className={classes.note}>
            <Trans t={t} i18nKey="settingsPage.extension" components={{ page: <Link to="/extension" /> }} />
          </p>
        </Section>
        <Section title={t('settingsPage.sharesAndLinks')} text={t('settingsPage.pagesAndDownload')}>
          <Button variant="default" renderRoot={(props) => <Link to="/shares" {...props} />}>
            {t('settingsPage.seeSharesAnd')}
          </Button>
        </Section>
        {downloads}
        <Section title={t('settingsPage.notifications')} text={t('settingsPage.mailsAndWebhooks')}>
          <Button variant="default" renderRoot={(props) => <Link to="/settings/notifications" {...props} />}>
            {t('settingsPage.chooseNotifications')}
          </Button>
        </Section>
        <Appearance />
        <OwnData />
        <Section title={t('settingsPage.deleteAccount')} text={t('settingsPage.withAllDownloads')}>
          <DeleteAccount me={me} onDeleted={onDeleted} />
        </Section>
      </Reauth>
    </Page>
  );
}
