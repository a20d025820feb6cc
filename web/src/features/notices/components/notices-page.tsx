import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconDownload, IconPlus } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { TextFilter } from '@/components/text-filter';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { exportPath, noticesQuery, type NoticeView } from '../api';
import { noticeStates } from '../states';
import { stateTexts } from '../text';
import { NoticeRecord } from './notice-record';
import classes from './notices.module.css';
import { RecordDialog } from './record-dialog';

interface NoticesPageProps {
  view: NoticeView;
  onView: (change: Partial<NoticeView>) => void;
  /** Called with the id of a notice that was recorded. */
  onRecorded: (id: string) => void;
}

const choices = [
  { value: 'open', label: text('notices:noticesPage.waitingForAn') },
  { value: 'all', label: text('notices:noticesPage.all') },
  ...noticeStates.map((value) => ({ value, label: stateTexts[value] })),
];

/** The takedown notices. */
export function NoticesPage({ view, onView, onRecorded }: NoticesPageProps) {
  const { t } = useTranslation('notices');
  const [recording, setRecording] = useState(false);
  const list = useInfiniteQuery({ ...noticesQuery(view), placeholderData: (before) => before });
  const filtered = view.q !== '' || !['open', 'all'].includes(view.show);
  return (
    <Page
      title={t('noticesPage.takedownNotices')}
      intro={t('noticesPage.claimsThatContent')}
      actions={
        <>
          <Button component="a" href={exportPath} download variant="default" leftSection={<IconDownload size={17} />}>
            {t('noticesPage.export')}
          </Button>
          <Button leftSection={<IconPlus size={17} />} onClick={() => setRecording(true)}>
            {t('noticesPage.recordANotice')}
          </Button>
        </>
      }
    >
      <div className={classes.filters}>
        <TextFilter label={t('noticesPage.search')} placeholder={t('noticesPage.complainantWorksOr')} maxLength={200} value={view.q} onCommit={(q) => onView({ q })} />
        <NativeSelect
          size="sm"
          label={t('noticesPage.state')}
          data={choices}
          value={view.show}
          onChange={(event) => onView({ show: noticeStates.find((state) => state === event.currentTarget.value) ?? (event.currentTarget.value === 'all' ? 'all' : 'open') })}
        />
      </div>
      <RecordList
        label={t('noticesPage.takedownNotices')}
        noun={t('noticesPage.notices')}
        list={list}
        keyOf={(notice) => notice.id}
        render={(notice) => <NoticeRecord notice={notice} />}
        empty={view.show === 'open' ? t('noticesPage.noNoticeWaits') : t('noticesPage.noticesThatYou')}
        emptyAction={
          <Button variant="default" onClick={() => setRecording(true)}>
            {t('noticesPage.recordANotice')}
          </Button>
        }
        onAll={filtered ? () => onView({ q: '', show: 'all' }) : undefined}
      />
      <RecordDialog opened={recording} onClose={() => setRecording(false)} onRecorded={onRecorded} />
    </Page>
  );
}
