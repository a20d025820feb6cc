import { SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconDeviceDesktop, IconMoon, IconSun } from '@/components/icons';
import { canKeep } from '@/lib/kept';

import '../messages/catalogue';
import { Section } from './section';
import classes from './settings.module.css';

const schemes = [
  { value: 'auto', icon: IconDeviceDesktop },
  { value: 'light', icon: IconSun },
  { value: 'dark', icon: IconMoon },
] as const;

/** Light, dark or as the system is, kept in this browser. */
export function Appearance() {
  const { t } = useTranslation('settings');
  // Without keepTransitions Mantine writes a style element, which the content security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const [lasting] = useState(() => canKeep('local'));
  return (
    <Section title={t('appearance.title')} text={t('appearance.text')}>
      <SegmentedControl
        aria-label={t('appearance.scheme')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
        data={schemes.map(({ value, icon: Symbol }) => ({
          value,
          label: (
            <span className={classes.scheme}>
              <Symbol size={16} aria-hidden="true" /> {t(`appearance.${value}`)}
            </span>
          ),
        }))}
      />
      {!lasting && (
        <Text size="sm" c="dimmed" mt={8}>
          {t('appearance.notKept')}
        </Text>
      )}
    </Section>
  );
}
