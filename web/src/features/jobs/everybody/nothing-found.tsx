import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';

import './messages/catalogue';
import { everything, isFiltered, type AnyView } from './view';

/** Replaces the rows when there are none. */
export function NothingFound({ view, onView }: { view: AnyView; onView: (change: Partial<AnyView>) => void }) {
  const { t } = useTranslation('everybody');
  if (!isFiltered(view)) {
    return (
      <Notice icon={IconInbox} title={t('nothingFound.noDownloadsYet')}>
        {t('nothingFound.whatPeopleAdd')}
      </Notice>
    );
  }
  return (
    <Notice
      icon={IconSearch}
      title={t('nothingFound.noMatches')}
      action={
        <Button variant="default" onClick={() => onView({ ...everything, sort: view.sort })}>
          {t('nothingFound.clearFilters')}
        </Button>
      }
    >
      {t('nothingFound.noDownloadsMatch')}
    </Notice>
  );
}
