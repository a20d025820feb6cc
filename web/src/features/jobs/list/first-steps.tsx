import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import { IconInbox, IconPlus } from '@/components/icons';
import { Notice } from '@/components/notice';
import { toastFailed } from '@/components/toast';
import { useSample } from '@/lib/sample';

import { jobKeys, submitOne } from '../api';
import './messages/catalogue';

function focusAddBox(): void {
  document.querySelector<HTMLElement>('textarea[data-add-box]')?.focus();
}

/** What someone without downloads reads: what a download is, and how to get the first. */
export function FirstSteps() {
  const { t } = useTranslation('list');
  const sample = useSample();
  return (
    <Notice
      icon={IconInbox}
      title={t('firstTitle')}
      action={
        <Group justify="center" gap="xs">
          <Button variant={sample === '' ? 'filled' : 'default'} leftSection={<IconPlus size={16} />} onClick={focusAddBox}>
            {t('firstAdd')}
          </Button>
          {sample !== '' && <TrySample source={sample} />}
        </Group>
      }
    >
      <p>{t('firstText')}</p>
      <p>
        <Trans t={t} i18nKey="firstExtension" components={{ page: <Link to="/extension" /> }} />
      </p>
      {sample !== '' && <p>{t('sampleText')}</p>}
    </Notice>
  );
}

/** Downloads the operator's sample with one click. */
function TrySample({ source }: { source: string }) {
  const { t } = useTranslation('list');
  const client = useQueryClient();
  const trying = useMutation({
    mutationFn: () => submitOne(source),
    onError: (error) => toastFailed(t('sampleFailed'), error),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: jobKeys.lists() }), client.invalidateQueries({ queryKey: jobKeys.counts() })]),
  });
  return (
    <Button loading={trying.isPending} onClick={() => trying.mutate()}>
      {t('sampleTry')}
    </Button>
  );
}
