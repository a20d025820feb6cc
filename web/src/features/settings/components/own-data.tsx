import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { AccountExport } from '@/api/model';
import { IconDownload } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatBytes, formatDate } from '@/lib/format';

import { exportPath, exportsQuery, requestExport, settingsKeys } from '../api';
import '../messages/catalogue';
import { Section } from './section';
import classes from './settings.module.css';

/** All that is stored about the user, to take along. */
export function OwnData() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data: exports, error, isPending, refetch } = useQuery(exportsQuery());
  const requesting = useMutation({
    mutationFn: () => confirmed(requestExport),
    onSuccess: () => {
      toastDone(t('data.requested'));
      return client.invalidateQueries({ queryKey: settingsKeys.exports });
    },
    onError: (failure) => toastFailed(t('data.failed'), failure),
  });
  return (
    <Section title={t('data.title')} text={t('data.text')}>
      {isPending && <Skeleton height={36} width={160} radius="md" />}
      {!exports && error && <ErrorNotice error={error} title={t('data.notLoaded')} retry={() => void refetch()} />}
      {exports && exports.length > 0 && (
        <ul className={classes.list} aria-label={t('data.list')}>
          {exports.map((each) => (
            <ExportItem key={each.id} each={each} />
          ))}
        </ul>
      )}
      {exports && !exports.some(({ ready }) => !ready) && (
        <Button variant="default" loading={requesting.isPending} onClick={() => requesting.mutate()}>
          {t('data.request')}
        </Button>
      )}
    </Section>
  );
}

function ExportItem({ each }: { each: AccountExport }) {
  const { t } = useTranslation('settings');
  return (
    <li className={classes.item}>
      <div className={classes.itemmain}>
        <p className={classes.itemname}>{each.ready ? t('data.made') : t('data.collecting')}</p>
        <p className={classes.facts}>
          <span>
            {t('data.asked')} <RelativeTime at={each.createdAt} />
          </span>
          {each.ready && <span className="tabular">{formatBytes(each.size)}</span>}
          {each.expiresAt !== null && <span>{t('data.removed', { at: formatDate(each.expiresAt) })}</span>}
        </p>
      </div>
      {each.ready && (
        <Button component="a" href={exportPath(each.id)} download size="compact-sm" variant="default" leftSection={<IconDownload size={15} />}>
          {t('data.download')}
        </Button>
      )}
    </li>
  );
}
