import { ActionIcon, Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';

import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { IconDownload, IconFolder, IconGauge, IconLogout, IconSettings, IconShare, IconShieldLock, IconTrash, IconUserCircle } from '@/components/icons';
import { legalLinks } from '@/components/legal-links';
import { Logo } from '@/components/logo';
import { Banner } from '@/features/announcement/components/banner';
import { DropAnywhere } from '@/features/jobs/submit/drop-anywhere';
import { Bell } from '@/features/notifications/components/bell';
import { text } from '@/lib/messages';

import { LiveBadge } from '../live/live-badge';
import { LiveNotice } from '../live/live-notice';
import { LiveProvider } from '../live/live-provider';
import { PaletteButton } from '../palette/palette-button';
import './messages/catalogue';
import classes from './shell.module.css';

interface NavItem {
  to: '/' | '/files' | '/shares' | '/trash' | '/usage' | '/admin' | '/settings';
  label: string;
  icon: Icon;
  admin?: boolean;
}

const items: readonly NavItem[] = [
  { to: '/', label: text('shell:shell.downloads'), icon: IconDownload },
  { to: '/files', label: text('shell:shell.files'), icon: IconFolder },
  { to: '/shares', label: text('shell:shell.shares'), icon: IconShare },
  { to: '/trash', label: text('shell:shell.trash'), icon: IconTrash },
  { to: '/usage', label: text('shell:shell.usage'), icon: IconGauge },
  { to: '/settings', label: text('shell:shell.settings'), icon: IconSettings },
  { to: '/admin', label: text('shell:shell.admin'), icon: IconShieldLock, admin: true },
];

interface ShellProps {
  me: Me;
  onSignOut: () => void;
}

/** The frame of every page behind sign-in. */
export function Shell({ me, onSignOut }: ShellProps) {
  const { t } = useTranslation('shell');
  const shown = items.filter((item) => item.admin !== true || me.role === 'admin');
  return (
    <LiveProvider>
      <a className={classes.skip} href="#content">
        {t('shell.skipToContent')}
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.home} aria-label={t('shell.longhaulDownloads')}>
            <Logo />
          </Link>
          <nav className={classes.nav} aria-label={t('shell.pages')}>
            {shown.map(({ to, label, icon: Symbol }) => (
              <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === '/' }}>
                <Symbol size={18} stroke={1.7} aria-hidden="true" />
                <span className={classes.word}>{label}</span>
              </Link>
            ))}
          </nav>
          <div className={classes.end}>
            <LiveBadge />
            <PaletteButton admin={me.role === 'admin'} onSignOut={onSignOut} />
            <Bell />
            <UserMenu me={me} onSignOut={onSignOut} />
          </div>
        </div>
        <LiveNotice />
      </header>
      <Banner signedIn />
      <DropAnywhere account={me.id} />
      <main id="content" className={classes.main} tabIndex={-1}>
        <Outlet />
        <div id="layers" />
      </main>
    </LiveProvider>
  );
}

function UserMenu({ me, onSignOut }: ShellProps) {
  const { t } = useTranslation('legalLinks');
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} radius="xl" aria-label={text('shell:shell.account', { email: me.email })}>
          <IconUserCircle size={23} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <Menu.Item data-autofocus leftSection={<IconSettings size={16} />} renderRoot={(props) => <Link to="/settings" {...props} />}>
          {text('shell:shell.settings')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item renderRoot={(props) => <Link to="/extension" {...props} />}>{text('shell:shell.extension')}</Menu.Item>
        {legalLinks.map(({ to, name }) => (
          <Menu.Item key={to} renderRoot={(props) => <Link to={to} {...props} />}>
            {t(name)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          {text('shell:shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
