import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { LinkInfo } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconFile, IconFileZip } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { baseName } from '@/lib/file-kind';
import { formatCount } from '@/lib/format';

import { linksQuery, revokeAllLinks, revokeLink, shareKeys } from '../api';
import '../messages/catalogue';
import classes from './shares.module.css';

/** This many are shown at first; a list that is barely longer is shown in full. */
const few = 8;

/** The download links that work, each with a button to revoke it. */
export function Links() {
  const { t } = useTranslation('shares');
  return (
    <section className={classes.section} aria-labelledby="links-title">
      <h2 id="links-title">{t('links.title')}</h2>
      <p className={classes.soft}>{t('links.intro')}</p>
      <LinkList />
    </section>
  );
}

function LinkList() {
  const { t } = useTranslation('shares');
  const { data: links, error, isPending, refetch } = useQuery(linksQuery());
  const [whole, setWhole] = useState(false);
  const [asked, setAsked] = useState<LinkInfo>();
  const [askedAll, setAskedAll] = useState(false);
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!links) return <ErrorNotice error={error} title={t('links.loadFailed')} retry={() => void refetch()} />;
  if (links.length === 0) {
    return (
      <div className={classes.soft}>
        <p>{t('links.none')}</p>
        <p>{t('links.noneHint')}</p>
      </div>
    );
  }
  const long = links.length > few + 2;
  const shown = long && !whole ? links.slice(0, few) : links;
  return (
    <>
      <ul className={classes.list} aria-label={t('links.label')}>
        {shown.map((link) => (
          <LinkItem key={link.id} link={link} onRevoke={setAsked} />
        ))}
      </ul>
      <div className={classes.below}>
        {long && (
          <Button variant="subtle" size="compact-sm" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t('links.fewer') : t('links.more', { number: formatCount(links.length) })}
          </Button>
        )}
        {links.length > 1 && (
          <Button variant="default" onClick={() => setAskedAll(true)}>
            {t('links.revokeAll')}
          </Button>
        )}
      </div>
      <RevokeOne link={asked} onClose={() => setAsked(undefined)} />
      <RevokeAll count={links.length} opened={askedAll} onClose={() => setAskedAll(false)} />
    </>
  );
}

/** Returns what to call a link's target and what the link is for. */
function useLinkText() {
  const { t } = useTranslation('shares');
  return {
    nameOf: (link: LinkInfo) => baseName(link.name) || t('links.noName'),
    kindOf: ({ fileId, inline }: LinkInfo) => t(fileId === null ? 'links.zip' : inline ? 'links.inline' : 'links.attachment'),
  };
}

function RevokeOne({ link, onClose }: { link: LinkInfo | undefined; onClose: () => void }) {
  const { t } = useTranslation('shares');
  const { nameOf } = useLinkText();
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: (which: LinkInfo) => revokeLink(which.id),
    onSuccess: (_, which) => toastDone(t('links.revoked', { name: nameOf(which) })),
    onError: (failure) => toastFailed(t('links.revokeFailed'), failure),
    onSettled: () => {
      onClose();
      return client.invalidateQueries({ queryKey: shareKeys.links });
    },
  });
  return (
    <ConfirmDialog
      opened={link !== undefined}
      title={t('links.revokeTitle')}
      confirmLabel={t('links.revoke')}
      busy={revoking.isPending}
      onConfirm={() => link && revoking.mutate(link)}
      onClose={onClose}
    >
      <p className={classes.breaking}>
        <Trans t={t} i18nKey="links.revokeText" values={{ name: link ? nameOf(link) : '' }} components={{ b: <b /> }} />
      </p>
    </ConfirmDialog>
  );
}

function RevokeAll({ count, opened, onClose }: { count: number; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: revokeAllLinks,
    onSuccess: () => toastDone(t('links.revokedAll')),
    onError: (failure) => toastFailed(t('links.revokeAllFailed'), failure),
    onSettled: () => {
      onClose();
      return client.invalidateQueries({ queryKey: shareKeys.links });
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      title={t('links.revokeAllTitle')}
      confirmLabel={t('links.revokeAll')}
      busy={revoking.isPending}
      onConfirm={() => revoking.mutate()}
      onClose={onClose}
    >
      <p>{t('links.revokeAllText', { number: formatCount(count) })}</p>
    </ConfirmDialog>
  );
}

function LinkItem({ link, onRevoke }: { link: LinkInfo; onRevoke: (link: LinkInfo) => void }) {
  const { t } = useTranslation('shares');
  const { nameOf, kindOf } = useLinkText();
  const Symbol = link.fileId === null ? IconFileZip : IconFile;
  const name = nameOf(link);
  return (
    <li className={classes.record}>
      <Symbol size={22} stroke={1.5} className={classes.symbol} aria-hidden="true" />
      <div className={classes.what}>
        <p className={classes.name} title={link.name}>
          <bdi>{name}</bdi>
        </p>
        <p className={classes.facts}>
          <span>{kindOf(link)}</span>
          <span>
            {t('links.created')} <RelativeTime at={link.createdAt} />
          </span>
          <span>
            {t('links.expires')} <RelativeTime at={link.expiresAt} />
          </span>
          <span>
            {link.usedAt === null ? (
              t('links.unused')
            ) : (
              <>
                {t('links.used')} <RelativeTime at={link.usedAt} />
              </>
            )}
          </span>
        </p>
      </div>
      <Button size="compact-sm" variant="default" aria-label={t('links.revokeOne', { name, kind: kindOf(link) })} onClick={() => onRevoke(link)}>
        {t('links.revoke')}
      </Button>
    </li>
  );
}
