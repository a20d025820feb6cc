import { Button } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { messageOf, ProblemError } from '@/lib/problem';

import './messages/catalogue';
import { IconAlertTriangle, IconRefresh } from './icons';
import classes from './notice.module.css';

interface NoticeProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'calm' | 'bad';
}

/** A block in place of content: nothing here yet, or something went wrong. */
export function Notice({ icon: Symbol, title, children, action, tone = 'calm' }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <span className={classes.icon}>
        <Symbol size={24} stroke={1.6} aria-hidden="true" />
      </span>
      <p className={classes.title}>{title}</p>
      {children !== undefined && <div className={classes.text}>{children}</div>}
      {action}
    </div>
  );
}

/** A failed load, with the server's message and a button to try again. */
export function ErrorNotice({ error, title, retry }: { error: unknown; title: string; retry?: () => void }) {
  const { t } = useTranslation('components');
  const requestId = error instanceof ProblemError ? error.requestId : '';
  return (
    <Notice
      icon={IconAlertTriangle}
      tone="bad"
      title={title}
      action={
        retry && (
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={retry}>
            {t('notice.tryAgain')}
          </Button>
        )
      }
    >
      <p>{messageOf(error)}</p>
      {requestId !== '' && <p className={classes.request}>{t('notice.request', { requestId })}</p>}
    </Notice>
  );
}
