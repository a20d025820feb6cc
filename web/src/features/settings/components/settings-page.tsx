import { SegmentedControl, useMantineColorScheme } from '@mantine/core';

import type { Config, Me } from '@/api/model';
import { IconDeviceDesktop, IconMoon, IconSun } from '@/components/icons';
import { Page } from '@/components/page';

import { AccountSection } from './account-section';
import { DeleteAccount } from './delete-account';
import { Links } from './links';
import { Passkeys } from './passkeys';
import { Reauth } from './reauth';
import { Section } from './section';
import { Sessions } from './sessions';
import classes from './settings.module.css';
import { Tokens } from './tokens';
import { TotpPanel } from './totp-panel';

const schemes = [
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const;

interface SettingsPageProps {
  me: Me;
  config: Config;
  onSignOut: () => void;
  /** Called when the account has changed. */
  onChanged: () => void;
  onDeleted: () => void;
}

/** The account's settings. */
export function SettingsPage({ me, config, onSignOut, onChanged, onDeleted }: SettingsPageProps) {
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
        <Section title="Links" text="Download links that work without signing in. Each works for 24 hours after you last asked for it.">
          <Links />
        </Section>
        <Appearance />
        <Section title="Delete account" text="With all downloads and files. This can't be undone.">
          <DeleteAccount me={me} onDeleted={onDeleted} />
        </Section>
      </Reauth>
    </Page>
  );
}

function Appearance() {
  // Without keepTransitions Mantine writes a style element, which the content security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Section title="Appearance" text="How Longhaul looks in this browser.">
      <SegmentedControl
        aria-label="Colour scheme"
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
        data={schemes.map(({ value, label, icon: Symbol }) => ({
          value,
          label: (
            <span className={classes.scheme}>
              <Symbol size={16} aria-hidden="true" /> {label}
            </span>
          ),
        }))}
      />
    </Section>
  );
}
