import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { UserShare } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { revokeUserShare, shareKeys, userSharesQuery } from '../api';
import '../messages/catalogue';
import { ShareFacts } from './share-facts';
import classes from './shares.module.css';

/** The shares of an account, for admins. */
export function UserShares({ userId }: { userId: string }) {
  const { t } = useTranslation('shares');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(userSharesQuery(userId));
  const [asked, setAsked] = useState<UserShare>();
  if (error && !data) return <ErrorNotice error={error} title={t('ofUser.loadFailed')} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={90} radius="md" role="status" aria-label={t('ofUser.title')} />;
  const shares = data.pages.flatMap((page) => page.items);
  return (
    <section className={classes.section} aria-labelledby="user-shares-title">
      <h2 id="user-shares-title">{t('ofUser.title')}</h2>
      {shares.length === 0 && <p className={classes.soft}>{t('ofUser.none')}</p>}
      {shares.length > 0 && (
        <ul className={classes.list} aria-label={t('ofUser.label')}>
          {shares.map((share) => (
            <li key={share.id} className={classes.record}>
              <div className={classes.what}>
                <p className={classes.name}>
                  <bdi>{share.name}</bdi>
                  <span className={classes.state} data-state={share.state}>
                    {t(`states.${share.state}`)}
                  </span>
                  {share.blocked && (
                    <span className={classes.state} data-state="blocked">
                      {t('ofUser.blocked')}
                    </span>
                  )}
                </p>
                <ShareFacts share={share} />
              </div>
              {share.state !== 'revoked' && (
                <Button size="compact-sm" variant="default" aria-label={t('ofUser.revokeOne', { name: share.name })} onClick={() => setAsked(share)}>
                  {t('revoke')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button variant="default" size="compact-sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('ofUser.more')}
        </Button>
      )}
      <RevokeDialog userId={userId} share={asked} onClose={() => setAsked(undefined)} />
    </section>
  );
}

function RevokeDialog({ userId, share, onClose }: { userId: string; share: UserShare | undefined; onClose: () => void }) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const revoking = useMutation({
    mutationFn: (id: string) => confirmed(() => revokeUserShare(id)),
    onSuccess: () => {
      toastDone(t('revoked'));
      onClose();
      return client.invalidateQueries({ queryKey: shareKeys.ofUser(userId) });
    },
  });
  const close = () => {
    revoking.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={share !== undefined}
      title={t('revokeTitle')}
      confirmLabel={t('revoke')}
      busy={revoking.isPending}
      onConfirm={() => share && revoking.mutate(share.id)}
      onClose={close}
    >
      <p className={classes.breaking}>
        <Trans t={t} i18nKey="ofUser.revokeText" values={{ name: share?.name ?? '' }} components={{ b: <b /> }} />
      </p>
      <FormFault error={revoking.error} />
    </ConfirmDialog>
  );
}
