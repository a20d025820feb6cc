import { ActionIcon, Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';

import type { Me } from '@/api/model';
import { IconDownload, IconGauge, IconLogout, IconSettings, IconShieldLock, IconUserCircle } from '@/components/icons';
import { Logo } from '@/components/logo';

import { LiveBadge } from '../live/live-badge';
import { LiveProvider } from '../live/live-provider';
import classes from './shell.module.css';

interface NavItem {
  to: '/' | '/usage' | '/admin' | '/settings';
  label: string;
  icon: Icon;
  admin?: boolean;
}

const items: readonly NavItem[] = [
  { to: '/', label: 'Downloads', icon: IconDownload },
  { to: '/usage', label: 'Usage', icon: IconGauge },
  { to: '/settings', label: 'Settings', icon: IconSettings },
  { to: '/admin', label: 'Admin', icon: IconShieldLock, admin: true },
];

interface ShellProps {
  me: Me;
  onSignOut: () => void;
}

/** The frame of every page behind sign-in. */
export function Shell({ me, onSignOut }: ShellProps) {
  const shown = items.filter((item) => item.admin !== true || me.role === 'admin');
  return (
    <LiveProvider>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.home} aria-label="Longhaul, downloads">
            <Logo />
          </Link>
          <nav className={classes.nav} aria-label="Pages">
            {shown.map(({ to, label, icon: Symbol }) => (
              <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === '/' }}>
                <Symbol size={18} stroke={1.7} aria-hidden="true" />
                {label}
              </Link>
            ))}
          </nav>
          <div className={classes.end}>
            <LiveBadge />
            <UserMenu me={me} onSignOut={onSignOut} />
          </div>
        </div>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Outlet />
        <div id="layers" />
      </main>
    </LiveProvider>
  );
}

function UserMenu({ me, onSignOut }: ShellProps) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} radius="xl" aria-label={`Account ${me.email}`}>
          <IconUserCircle size={23} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <Menu.Item data-autofocus leftSection={<IconSettings size={16} />} renderRoot={(props) => <Link to="/settings" {...props} />}>
          Settings
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
