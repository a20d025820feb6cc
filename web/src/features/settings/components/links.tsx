import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { LinkInfo } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconFile, IconFileZip } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { baseName } from '@/lib/file-kind';
import { formatCount } from '@/lib/format';

import { linksQuery, revokeAllLinks, revokeLink, settingsKeys } from '../api';
import { LongList } from './long-list';
import classes from './settings.module.css';

/** The download links that work, each with a button to revoke it. */
export function Links() {
  const client = useQueryClient();
  const { data: links, error, isPending, refetch } = useQuery(linksQuery());
  const [asked, setAsked] = useState<LinkInfo>();
  const [askedAll, setAskedAll] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: settingsKeys.links });
  const revoking = useMutation({
    mutationFn: (link: LinkInfo) => revokeLink(link.id),
    onSuccess: (_, link) => toastDone(`Revoked the link to “${nameOf(link)}”.`),
    onError: (failure) => toastFailed("Couldn't revoke the link", failure),
    onSettled: () => {
      setAsked(undefined);
      return refresh();
    },
  });
  const revokingAll = useMutation({
    mutationFn: revokeAllLinks,
    onSuccess: () => toastDone('Revoked all links.'),
    onError: (failure) => toastFailed("Couldn't revoke the links", failure),
    onSettled: () => {
      setAskedAll(false);
      return refresh();
    },
  });
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!links) return <ErrorNotice error={error} title="Couldn't load your links" retry={() => void refetch()} />;
  if (links.length === 0) return <p className={classes.note}>No links work at the moment.</p>;
  return (
    <>
      <LongList label="Links" items={links}>
        {(link) => <LinkItem key={link.id} link={link} onRevoke={setAsked} />}
      </LongList>
      {links.length > 1 && (
        <Button variant="default" onClick={() => setAskedAll(true)}>
          Revoke all
        </Button>
      )}
      <ConfirmDialog
        opened={asked !== undefined}
        title="Revoke link?"
        confirmLabel="Revoke"
        busy={revoking.isPending}
        onConfirm={() => asked && revoking.mutate(asked)}
        onClose={() => setAsked(undefined)}
      >
        <p className={classes.breaking}>
          Everyone who has the link to <b>{asked && nameOf(asked)}</b> loses access right away. Your files stay, and you can make a new link.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={askedAll}
        title="Revoke all links?"
        confirmLabel="Revoke all"
        busy={revokingAll.isPending}
        onConfirm={() => revokingAll.mutate()}
        onClose={() => setAskedAll(false)}
      >
        <p>All {formatCount(links.length)} links stop working right away, and so do downloads and videos that use them. Your files stay, and you can make new links.</p>
      </ConfirmDialog>
    </>
  );
}

/** What a person calls the link's target. */
function nameOf(link: LinkInfo): string {
  return baseName(link.name) || 'a download without a name';
}

/** What the link is for. */
function kindOf({ fileId, inline }: LinkInfo): string {
  if (fileId === null) return 'all files as a zip';
  return inline ? 'opens in the browser' : 'saves the file';
}

function LinkItem({ link, onRevoke }: { link: LinkInfo; onRevoke: (link: LinkInfo) => void }) {
  const Symbol = link.fileId === null ? IconFileZip : IconFile;
  const name = nameOf(link);
  return (
    <li className={classes.item}>
      <Symbol size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={`${classes.itemname} ${classes.breaking}`} title={link.name}>
          {name}
        </p>
        <p className={classes.facts}>
          <span>{kindOf(link)}</span>
          <span>
            created <RelativeTime at={link.createdAt} />
          </span>
          <span>
            expires <RelativeTime at={link.expiresAt} />
          </span>
        </p>
      </div>
      <Button size="compact-sm" variant="default" aria-label={`Revoke the link to ${name}, ${kindOf(link)}`} onClick={() => onRevoke(link)}>
        Revoke
      </Button>
    </li>
  );
}
