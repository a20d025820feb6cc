import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Block, BlockKind } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { IconBan } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { RelativeTime } from '@/components/relative-time';
import { TextFilter } from '@/components/text-filter';
import { toastDone } from '@/components/toast';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { blockKeys, blockKinds, blocksQuery, liftBlock, type BlockView } from '../api';
import { BlockDialog } from './block-dialog';
import classes from './blocks.module.css';

const kindNames: Record<BlockKind, string> = { hash: text('blocks:blocksPage.infoHash'), url: text('blocks:blocksPage.address'), file: text('blocks:blocksPage.file') };

interface BlocksPageProps {
  view: BlockView;
  /** What to block, from a link; undefined for nothing. */
  add: string | undefined;
  onView: (change: Partial<BlockView>) => void;
  /** Called when the dialog that a link opened is closed. */
  onAdded: () => void;
}

/** Content that is refused here. */
export function BlocksPage({ view, add, onView, onAdded }: BlocksPageProps) {
  const { t } = useTranslation('blocks');
  const [adding, setAdding] = useState(false);
  const [lifting, setLifting] = useState<Block>();
  const list = useInfiniteQuery({ ...blocksQuery(view), placeholderData: (before) => before });
  const filtered = view.kind !== '' || view.q !== '';
  return (
    <Page
      title={t('blocksPage.blockedContent')}
      intro={t('blocksPage.contentThatCant')}
      actions={
        <Button leftSection={<IconBan size={17} />} onClick={() => setAdding(true)}>
          {t('blocksPage.blockContent')}
        </Button>
      }
    >
      <div className={classes.filters}>
        <TextFilter label={t('blocksPage.search')} placeholder={t('blocksPage.hashAddressName')} maxLength={200} value={view.q} onCommit={(q) => onView({ q })} />
        <NativeSelect
          size="sm"
          label={t('blocksPage.kind')}
          data={[{ value: '', label: t('blocksPage.allKinds') }, ...blockKinds.map((value) => ({ value, label: kindNames[value] }))]}
          value={view.kind}
          onChange={(event) => onView({ kind: blockKinds.find((kind) => kind === event.currentTarget.value) ?? '' })}
        />
        <NativeSelect
          size="sm"
          label={t('blocksPage.state')}
          data={[
            { value: '', label: t('blocksPage.inForce') },
            { value: 'lifted', label: t('blocksPage.lifted') },
          ]}
          value={view.lifted ? 'lifted' : ''}
          onChange={(event) => onView({ lifted: event.currentTarget.value === 'lifted' })}
        />
      </div>
      <RecordList
        label={t('blocksPage.blockedContent')}
        noun={t('blocksPage.blocks')}
        list={list}
        keyOf={(block) => block.id}
        render={(block) => <BlockRecord block={block} onLift={() => setLifting(block)} />}
        empty={view.lifted ? t('blocksPage.blocksThatYou') : t('blocksPage.nothingIsBlocked')}
        emptyAction={
          !view.lifted && (
            <Button variant="default" onClick={() => setAdding(true)}>
              {t('blocksPage.blockContent')}
            </Button>
          )
        }
        onAll={filtered ? () => onView({ kind: '', q: '' }) : undefined}
      />
      <BlockDialog
        key={add ?? ''}
        given={add ?? ''}
        opened={adding || add !== undefined}
        onClose={() => {
          setAdding(false);
          if (add !== undefined) onAdded();
        }}
      />
      <LiftDialog block={lifting} onClose={() => setLifting(undefined)} />
    </Page>
  );
}

function BlockRecord({ block, onLift }: { block: Block; onLift: () => void }) {
  const { t } = useTranslation('blocks');
  return (
    <div className={classes.record}>
      <p className={classes.what}>
        <span className={classes.kind}>{kindNames[block.kind]}</span>
        <b className={block.name === '' ? 'mono' : undefined}>{block.name || block.value}</b>
      </p>
      <p className={classes.reason}>{block.reason}</p>
      <p className={classes.facts}>
        {block.liftedAt === null && <span>{block.enforced ? t('blocksPage.coversDownloads', { count: block.jobs, number: formatCount(block.jobs) }) : t('blocksPage.lookingForDownloads')}</span>}
        <span>
          {block.by !== '' ? <Trans t={t} i18nKey="blocksPage.addedBy" values={{ by: block.by }} components={{ relativetime: <RelativeTime at={block.createdAt} /> }} /> : <Trans t={t} i18nKey="blocksPage.added" components={{ relativetime: <RelativeTime at={block.createdAt} /> }} />}
        </span>
        {block.liftedAt !== null && (
          <span>
            <Trans t={t} i18nKey="blocksPage.lifted2" components={{ relativetime: <RelativeTime at={block.liftedAt} /> }} />
          </span>
        )}
      </p>
      {block.liftedAt === null && (
        <Button className={classes.lift} size="compact-sm" variant="default" aria-label={t('blocksPage.liftTheBlock', { name: block.name || block.value })} onClick={onLift}>
          {t('blocksPage.lift')}
        </Button>
      )}
    </div>
  );
}

function LiftDialog({ block, onClose }: { block: Block | undefined; onClose: () => void }) {
  const { t } = useTranslation('blocks');
  const client = useQueryClient();
  const lifting = useMutation({
    mutationFn: liftBlock,
    onSuccess: () => {
      toastDone(t('blocksPage.liftedTheBlock'));
      close();
      return client.invalidateQueries({ queryKey: blockKeys.all });
    },
  });
  const close = () => {
    lifting.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={block !== undefined}
      title={t('blocksPage.liftTheBlock2')}
      confirmLabel={t('blocksPage.lift')}
      danger={false}
      busy={lifting.isPending}
      onConfirm={() => block && lifting.mutate(block.id)}
      onClose={close}
    >
      <p className={classes.value}>{block && (block.name === '' ? block.value : block.name)}</p>
      <p>{t('blocksPage.itCanBe')}</p>
      <FormFault error={lifting.error} />
    </ConfirmDialog>
  );
}
