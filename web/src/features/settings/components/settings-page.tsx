import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Config, Me } from '@/api/model';
import { Page } from '@/components/page';

import { AccountSection } from './account-section';
import { Appearance } from './appearance';
import { DeleteAccount } from './delete-account';
import { OwnData } from './own-data';
import { Passkeys } from './passkeys';
import { Reauth } from './reauth';
import { Section } from './section';
import { Sessions } from './sessions';
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
  return (
    <Page title="Settings" narrow>
      <Reauth me={me}>
        <AccountSection me={me} config={config} onSignOut={onSignOut} />
        <Section title="Two-step sign-in" text="A code from your phone, in addition to your password.">
          <TotpPanel onChanged={onChanged} />
        </Section>
        <Section title="Passkeys" text="Sign in with your fingerprint, face, PIN or a security key.">
          <Passkeys me={me} onChanged={onChanged} />
        </Section>
        <Section title="Sessions" text="Where you're signed in. End any that you don't recognise.">
          <Sessions />
        </Section>
        <Section title="API tokens" text="For programs that act for you, such as the command line.">
          <Tokens me={me} />
        </Section>
        <Section title="Shares and links" text="Pages and download links that work without signing in.">
          <Button variant="default" renderRoot={(props) => <Link to="/shares" {...props} />}>
            See shares and links
          </Button>
        </Section>
        {downloads}
        <Section title="Notifications" text="Mails and webhooks that tell you what became of your downloads.">
          <Button variant="default" renderRoot={(props) => <Link to="/settings/notifications" {...props} />}>
            Choose notifications
          </Button>
        </Section>
        <Appearance />
        <OwnData />
        <Section title="Delete account" text="With all downloads and files. This can't be undone.">
          <DeleteAccount me={me} onDeleted={onDeleted} />
        </Section>
      </Reauth>
    </Page>
  );
}
