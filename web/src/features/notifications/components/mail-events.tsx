import { Checkbox, Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { JobNotable } from '@/api/model';
import { ErrorNotice } from '@/components/notice';

import { eventKeys, jobNotables } from '../events';
import '../messages/catalogue';
import { useSettings } from '../use-settings';
import { LabelLimit, type LabelPicker } from './label-limit';
import classes from './notifications.module.css';

/** The events for which there are mails, and of which downloads. */
export function MailEvents({ mail, picker }: { mail: boolean; picker: LabelPicker }) {
  const { t } = useTranslation('notifications');
  const { data, error, isPending, refetch, change } = useSettings();
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!data) return <ErrorNotice error={error} title={t('mail.failed')} retry={() => void refetch()} />;
  return (
    <>
      <Checkbox.Group label={t('mail.label')} value={data.mail} onChange={(events) => change({ mail: jobNotables.filter((each: JobNotable) => events.includes(each)) })}>
        <div className={classes.choices}>
          {jobNotables.map((event) => (
            <Checkbox key={event} size="sm" value={event} label={t(`when.${eventKeys[event]}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <LabelLimit name={t('limit.mail')} chosen={data.mailLabels} onChange={(mailLabels) => change({ mailLabels })} picker={picker} />
      {!mail && <p className={classes.note}>{t('mail.off')}</p>}
    </>
  );
}

/** Of which downloads the user is told in the app. */
export function InApp({ picker }: { picker: LabelPicker }) {
  const { t } = useTranslation('notifications');
  const { data, error, isPending, refetch, change } = useSettings();
  if (isPending) return <Skeleton height={30} radius="md" />;
  if (!data) return <ErrorNotice error={error} title={t('mail.failed')} retry={() => void refetch()} />;
  return <LabelLimit name={t('limit.app')} chosen={data.appLabels} onChange={(appLabels) => change({ appLabels })} picker={picker} />;
}
