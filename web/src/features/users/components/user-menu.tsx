import { ActionIcon, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { UserInfo } from '@/api/model';
import { IconBan, IconCircleCheck, IconDotsVertical, IconDownload, IconFingerprint, IconGauge, IconHistory, IconKey, IconLogout, IconShieldLock, IconTrash } from '@/components/icons';
import { useMenuButton } from '@/lib/use-menu-button';

import '../messages/catalogue';
import { actLabel, actsOn, type UserAct } from '../user';
import classes from './users.module.css';

const actIcons = {
  plan: IconGauge, role: IconShieldLock, reset: IconKey, factors: IconFingerprint, logout: IconLogout, disable: IconBan, enable: IconCircleCheck, delete: IconTrash,
} as const;

interface UserMenuProps {
  user: UserInfo;
  isMe: boolean;
  onAct: (act: UserAct) => void;
}

/** What an admin can do with an account, and where to look. */
export function UserMenu({ user, isMe, onAct }: UserMenuProps) {
  const { t } = useTranslation('users');
  const { button, choose } = useMenuButton();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size={36} aria-label={t('userMenu.actionsFor', { email: user.email })}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actsOn(user, isMe).map((act, at) => {
          const Symbol = actIcons[act];
          return (
            <Menu.Item
              key={act}
              data-autofocus={at === 0 || undefined}
              className={act === 'disable' || act === 'delete' ? classes.danger : undefined}
              leftSection={<Symbol size={16} />}
              onClick={() => choose(() => onAct(act))}
            >
              {actLabel(act, user)}
            </Menu.Item>
          );
        })}
        <Menu.Divider />
        <Menu.Item leftSection={<IconDownload size={16} />} renderRoot={(props) => <Link to="/admin/jobs" search={{ user: user.email }} {...props} />}>
          {t('userMenu.downloads')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconHistory size={16} />}
          renderRoot={(props) => <Link to="/admin/audit" search={{ target: user.email }} {...props} />}
        >
          {t('userMenu.auditLogEntries')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconHistory size={16} />}
          renderRoot={(props) => <Link to="/admin/audit/security" search={{ user: user.email }} {...props} />}
        >
          {t('userMenu.securityEvents')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
