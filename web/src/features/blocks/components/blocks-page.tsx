import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Block, BlockKind } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { IconBan } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { RelativeTime } from '@/components/relative-time';
import { TextFilter } from '@/components/text-filter';
import { toastDone } from '@/components/toast';
import { formatPlural } from '@/lib/format';

import { blockKeys, blockKinds, blocksQuery, liftBlock, type BlockView } from '../api';
import { BlockDialog } from './block-dialog';
import classes from './blocks.module.css';

const kindNames: Record<BlockKind, string> = { hash: 'Info hash', url: 'Address', file: 'File' };

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
  const [adding, setAdding] = useState(false);
  const [lifting, setLifting] = useState<Block>();
  const list = useInfiniteQuery({ ...blocksQuery(view), placeholderData: (before) => before });
  const filtered = view.kind !== '' || view.q !== '';
  return (
    <Page
      title="Blocked content"
      intro="Content that can’t be added or opened here."
      actions={
        <Button leftSection={<IconBan size={17} />} onClick={() => setAdding(true)}>
          Block content
        </Button>
      }
    >
      <div className={classes.filters}>
        <TextFilter label="Search" placeholder="Hash, address, name or reason" maxLength={200} value={view.q} onCommit={(q) => onView({ q })} />
        <NativeSelect
          size="sm"
          label="Kind"
          data={[{ value: '', label: 'All kinds' }, ...blockKinds.map((value) => ({ value, label: kindNames[value] }))]}
          value={view.kind}
          onChange={(event) => onView({ kind: blockKinds.find((kind) => kind === event.currentTarget.value) ?? '' })}
        />
        <NativeSelect
          size="sm"
          label="State"
          data={[
            { value: '', label: 'In force' },
            { value: 'lifted', label: 'Lifted' },
          ]}
          value={view.lifted ? 'lifted' : ''}
          onChange={(event) => onView({ lifted: event.currentTarget.value === 'lifted' })}
        />
      </div>
      <RecordList
        label="Blocked content"
        noun="blocks"
        list={list}
        keyOf={(block) => block.id}
        render={(block) => <BlockRecord block={block} onLift={() => setLifting(block)} />}
        empty={view.lifted ? 'Blocks that you lift show up here.' : 'Nothing is blocked. Block an info hash, an address or a file, and no user can add or open it.'}
        emptyAction={
          !view.lifted && (
            <Button variant="default" onClick={() => setAdding(true)}>
              Block content
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
  return (
    <div className={classes.record}>
      <p className={classes.what}>
        <span className={classes.kind}>{kindNames[block.kind]}</span>
        <b className={block.name === '' ? 'mono' : undefined}>{block.name || block.value}</b>
      </p>
      <p className={classes.reason}>{block.reason}</p>
      <p className={classes.facts}>
        {block.liftedAt === null && <span>{block.enforced ? `covers ${formatPlural(block.jobs, 'download', 'downloads')}` : 'looking for downloads'}</span>}
        <span>
          added <RelativeTime at={block.createdAt} />
          {block.by !== '' && ` by ${block.by}`}
        </span>
        {block.liftedAt !== null && (
          <span>
            lifted <RelativeTime at={block.liftedAt} />
          </span>
        )}
      </p>
      {block.liftedAt === null && (
        <Button className={classes.lift} size="compact-sm" variant="default" aria-label={`Lift the block of ${block.name || block.value}`} onClick={onLift}>
          Lift
        </Button>
      )}
    </div>
  );
}

function LiftDialog({ block, onClose }: { block: Block | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const lifting = useMutation({
    mutationFn: liftBlock,
    onSuccess: () => {
      toastDone('Lifted the block.');
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
      title="Lift the block?"
      confirmLabel="Lift"
      danger={false}
      busy={lifting.isPending}
      onConfirm={() => block && lifting.mutate(block.id)}
      onClose={close}
    >
      <p className={classes.value}>{block && (block.name === '' ? block.value : block.name)}</p>
      <p>It can be added and opened again, unless something else blocks it. Downloads that the block stopped can be retried.</p>
      <FormFault error={lifting.error} />
    </ConfirmDialog>
  );
}
