import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Me } from '@/api/model';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@/components/icons';
import { Page } from '@/components/page';

import { Sessions } from './sessions';
import classes from './settings.module.css';

const schemes = [
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const;

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <div className={classes.about}>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}

/** The account's settings. */
export function SettingsPage({ me, onSignOut }: { me: Me; onSignOut: () => void }) {
  // Without keepTransitions Mantine writes a style element, which the content security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Page title="Settings" narrow>
      <Section title="Account" text="Who is signed in here.">
        <p className={classes.email}>{me.email}</p>
        <p className={classes.role}>{me.role === 'admin' ? 'Administrator' : 'User'}</p>
        <Button variant="default" leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          Sign out
        </Button>
      </Section>
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
      <Section title="Sessions" text="Where this account is signed in. End one that you do not know.">
        <Sessions />
      </Section>
    </Page>
  );
}
