import { Link } from '@tanstack/react-router';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { IconArrowLeft } from '@/components/icons';
import { Page } from '@/components/page';

import '../messages/catalogue';
import type { LabelPicker } from './label-limit';
import { InApp, MailEvents } from './mail-events';
import classes from './notifications.module.css';
import { Webhooks } from './webhooks';

/** How the user is told of downloads. `mail` says whether the installation sends mails; `picker` lets the user choose labels. */
export function NotificationsPage({ mail, picker }: { mail: boolean; picker: LabelPicker }) {
  const { t } = useTranslation('notifications');
  const back = (
    <Link to="/settings" className={classes.back}>
      <IconArrowLeft size={16} aria-hidden="true" /> {t('back')}
    </Link>
  );
  return (
    <Page title={t('title')} intro={t('intro')} back={back} narrow>
      <Part title={t('app.title')} about={t('app.about')}>
        <InApp picker={picker} />
      </Part>
      <Part title={t('mail.title')} about={t('mail.about')}>
        <MailEvents mail={mail} picker={picker} />
      </Part>
      <Part title={t('webhooks.title')} about={t('webhooks.about')}>
        <Webhooks picker={picker} />
      </Part>
    </Page>
  );
}

function Part({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.part} data-hold aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className={classes.note}>{about}</p>
      {children}
    </section>
  );
}
