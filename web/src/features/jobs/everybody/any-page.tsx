import { Button } from '@mantine/core';

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { IconDownload } from '@/components/icons';
import { Page } from '@/components/page';

import { RecentBulkActs } from '../bulk/bulk-acts';
import './messages/catalogue';
import { AnyList } from './any-list';
import { exportAddress } from './api';
import { Filters } from './filters';
import type { AnyView } from './view';

interface AnyPageProps {
  view: AnyView;
  agents: readonly { id: string; name: string }[];
  onView: (change: Partial<AnyView>) => void;
}

/** The downloads of all accounts: to find, to look at and to act on. */
export function AnyPage({ view, agents, onView }: AnyPageProps) {
  const { t } = useTranslation('everybody');
  return (
    <Page
      title={t('anyPage.allDownloads')}
      intro={t('anyPage.theDownloadsOf')}
      actions={
        <>
          <Button variant="subtle" renderRoot={(props) => <Link to="/admin/jobs/acts" {...props} />}>
            {t('anyPage.earlierActs')}
          </Button>
          <Button component="a" href={exportAddress(view)} download variant="default" leftSection={<IconDownload size={17} />}>
          {t('anyPage.exportCsv')}
          </Button>
        </>
      }
    >
      <RecentBulkActs />
      <Filters view={view} agents={agents} onView={onView} />
      <AnyList view={view} onView={onView} />
    </Page>
  );
}
