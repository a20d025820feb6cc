import { Button, CopyButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import { IconCheck, IconClick, IconCookie, IconCopy, IconLayoutNavbar, IconMagnet } from '@/components/icons';
import { Page } from '@/components/page';
import { useFeature } from '@/lib/features';

import '../messages/catalogue';
import classes from './extension.module.css';
import { Get, type Stores } from './get';

interface ExtensionPageProps {
  stores: Stores;
  admin: boolean;
}

/** What the browser extension does and may do, how to get it and how to connect it. */
export function ExtensionPage({ stores, admin }: ExtensionPageProps) {
  const { t } = useTranslation('extension');
  return (
    <Page title={t('title')} intro={t('intro')} narrow>
      <Part title={t('does.title')}>
        <Abilities />
      </Part>
      <Part title={t('get.title')}>
        <Get stores={stores} admin={admin} />
      </Part>
      <Part title={t('connect.title')}>
        <Steps />
      </Part>
      <Part title={t('may.title')}>
        <Permissions />
      </Part>
      <Part title={t('never.title')}>
        <ul className={classes.plain}>
          <li>{t('never.send')}</li>
          <li>{t('never.talk')}</li>
          <li>{t('never.load')}</li>
        </ul>
      </Part>
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.part} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const abilities = [
  { name: 'send', icon: IconClick },
  { name: 'popup', icon: IconLayoutNavbar },
  { name: 'magnets', icon: IconMagnet },
  { name: 'torrents', icon: IconCookie },
] as const;

function Abilities() {
  const { t } = useTranslation('extension');
  return (
    <ul className={classes.abilities}>
      {abilities.map(({ name, icon: Symbol }) => (
        <li key={name}>
          <Symbol size={22} stroke={1.6} aria-hidden="true" />
          <h3>{t(`does.${name}`)}</h3>
          <p>
            <Trans t={t} i18nKey={`does.${name}Text`} components={{ kbd: <kbd /> }} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function Steps() {
  const { t } = useTranslation('extension');
  const { origin } = globalThis.location;
  if (!useFeature('api_tokens')) return <p>{t('connect.off')}</p>;
  return (
    <>
      <ol className={classes.steps}>
        <li>
          <Trans t={t} i18nKey="connect.open" components={{ em: <em /> }} />
        </li>
        <li>
          {t('connect.address')}
          <span className={classes.address}>
            <code>{origin}</code>
            <CopyButton value={origin}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />} onClick={copy}>
                  {copied ? t('connect.copied') : t('connect.copy')}
                </Button>
              )}
            </CopyButton>
          </span>
        </li>
        <li>{t('connect.allow')}</li>
        <li>
          <Trans t={t} i18nKey="connect.approve" components={{ em: <em /> }} />
        </li>
      </ol>
      <p>
        <Trans t={t} i18nKey="connect.lasts" components={{ settings: <Link to="/settings" /> }} />
      </p>
    </>
  );
}

const permissions = ['account', 'page', 'sites', 'notify'] as const;

function Permissions() {
  const { t } = useTranslation('extension');
  return (
    <>
      <p>{t('may.intro')}</p>
      <dl className={classes.permissions}>
        {permissions.map((name) => (
          <div key={name}>
            <dt>{t(`may.${name}`)}</dt>
            <dd>{t(`may.${name}Text`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
