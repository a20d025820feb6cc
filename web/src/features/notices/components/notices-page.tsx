import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { IconDownload, IconPlus } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { TextFilter } from '@/components/text-filter';

import { exportPath, noticesQuery, type NoticeView } from '../api';
import { noticeStates, stateTexts } from '../text';
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
  { value: 'open', label: 'Waiting for an admin' },
  { value: 'all', label: 'All' },
  ...noticeStates.map((value) => ({ value, label: stateTexts[value] })),
];

/** The takedown notices. */
export function NoticesPage({ view, onView, onRecorded }: NoticesPageProps) {
  const [recording, setRecording] = useState(false);
  const list = useInfiniteQuery({ ...noticesQuery(view), placeholderData: (before) => before });
  const filtered = view.q !== '' || !['open', 'all'].includes(view.show);
  return (
    <Page
      title="Takedown notices"
      intro="Claims that content here infringes someone’s rights. The most urgent come first."
      actions={
        <>
          <Button component="a" href={exportPath} download variant="default" leftSection={<IconDownload size={17} />}>
            Export
          </Button>
          <Button leftSection={<IconPlus size={17} />} onClick={() => setRecording(true)}>
            Record a notice
          </Button>
        </>
      }
    >
      <div className={classes.filters}>
        <TextFilter label="Search" placeholder="Complainant, works or reference" maxLength={200} value={view.q} onCommit={(q) => onView({ q })} />
        <NativeSelect
          size="sm"
          label="State"
          data={choices}
          value={view.show}
          onChange={(event) => onView({ show: noticeStates.find((state) => state === event.currentTarget.value) ?? (event.currentTarget.value === 'all' ? 'all' : 'open') })}
        />
      </div>
      <RecordList
        label="Takedown notices"
        noun="notices"
        list={list}
        keyOf={(notice) => notice.id}
        render={(notice) => <NoticeRecord notice={notice} />}
        empty={view.show === 'open' ? 'No notice waits for an admin. New ones show up here, and those whose counter-notice is running.' : 'Notices that you record or import show up here.'}
        emptyAction={
          <Button variant="default" onClick={() => setRecording(true)}>
            Record a notice
          </Button>
        }
        onAll={filtered ? () => onView({ q: '', show: 'all' }) : undefined}
      />
      <RecordDialog opened={recording} onClose={() => setRecording(false)} onRecorded={onRecorded} />
    </Page>
  );
}
