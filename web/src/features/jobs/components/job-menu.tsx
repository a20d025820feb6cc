import { ActionIcon, Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Job, JobAction } from '@/api/model';
import {
  IconBan,
  IconDots,
  IconExternalLink,
  IconListCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconRotateClockwise,
  IconTrash,
} from '@/components/icons';
import { LateMenu } from '@/components/late-menu';
import { useMenuButton } from '@/lib/use-menu-button';

import '../messages/catalogue';
import type { PlainAction } from '../api';
import { actionLabels, nameOf } from '../state';
import classes from './job-menu.module.css';

export const actionIcons: Record<JobAction, Icon> = {
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  select: IconListCheck,
  retry: IconRotateClockwise,
  cancel: IconBan,
  delete: IconTrash,
};

interface JobMenuProps {
  job: Job;
  onAct: (job: Job, action: PlainAction) => void;
}

/** The menu of a job with its current actions. */
export function JobMenu({ job, onAct }: JobMenuProps) {
  const { t } = useTranslation('jobs');
  const { button, choose } = useMenuButton();
  return (
    <LateMenu
      anchor={button}
      button={(props) => (
        <ActionIcon {...props} ref={button} variant="subtle" color="gray" size="lg" aria-label={t('jobMenu.actionsFor', { job: nameOf(job) })}>
          <IconDots size={18} />
        </ActionIcon>
      )}
      items={() => (
        <>
          <Menu.Item
            data-autofocus
            leftSection={<IconExternalLink size={16} />}
            renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job.id }} {...props} />}
          >
            {t('jobMenu.open')}
          </Menu.Item>
          {job.actions.map((action) => {
            const Symbol = actionIcons[action];
            const icon = <Symbol size={16} />;
            if (action === 'select') {
              return (
                <Menu.Item
                  key={action}
                  leftSection={icon}
                  renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: job.id }} {...props} />}
                >
                  {actionLabels[action]}
                </Menu.Item>
              );
            }
            return (
              <Menu.Item
                key={action}
                leftSection={icon}
                className={action === 'delete' ? classes.danger : undefined}
                onClick={() => choose(() => onAct(job, action))}
              >
                {actionLabels[action]}
              </Menu.Item>
            );
          })}
        </>
      )}
    />
  );
}
