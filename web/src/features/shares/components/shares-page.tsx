import { ActionIcon, Button, Menu } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Share } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconBan, IconDots, IconExternalLink, IconSettings } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { toastDone, toastFailed } from '@/components/toast';
import { useMenuButton } from '@/lib/use-menu-button';

import { revokeShare, shareKeys, sharesQuery } from '../api';
import '../messages/catalogue';
import { Links } from './links';
import { ChangeShareDialog } from './share-dialog';
import { CopyShareLink } from './share-link';
import { ShareFacts } from './share-facts';
import classes from './shares.module.css';

/** The account's shares and direct links: everything of it that works without signing in. */
export function SharesPage({ maxDays }: { maxDays: number }) {
  const { t } = useTranslation('shares');
  const list = useInfiniteQuery(sharesQuery());
  const [changing, setChanging] = useState<Share>();
  const [revoking, setRevoking] = useState<Share>();
  return (
    <Page title={t('title')} intro={t('intro')} narrow>
      <RecordList
        label={t('title')}
        noun={t('noun')}
        list={list}
        keyOf={(share) => share.id}
        render={(share) => <ShareRecord share={share} onChange={() => setChanging(share)} onRevoke={() => setRevoking(share)} />}
        empty={t('empty')}
        emptyAction={
          <Button variant="default" renderRoot={(props) => <Link to="/files" {...props} />}>
            {t('emptyAction')}
          </Button>
        }
        onAll={undefined}
      />
      {/* Below a list that is still loading it would jump. */}
      {!list.isPending && <Links />}
      <ChangeShareDialog share={changing} maxDays={maxDays} onClose={() => setChanging(undefined)} />
      <RevokeDialog share={revoking} onClose={() => setRevoking(undefined)} />
    </Page>
  );
}

function ShareRecord({ share, onChange, onRevoke }: { share: Share; onChange: () => void; onRevoke: () => void }) {
  const { t } = useTranslation('shares');
  const works = share.state === 'active' || share.state === 'spent';
  return (
    <div className={classes.record}>
      <div className={classes.what}>
        <p className={classes.name}>
          <bdi>{share.name}</bdi>
          <span className={classes.state} data-state={share.state}>
            {t(`states.${share.state}`)}
          </span>
        </p>
        <ShareFacts share={share} limit={share.maxDownloads} />
        {works && share.url === '' && <p className={classes.facts}>{t('noAddress')}</p>}
      </div>
      {share.state !== 'revoked' && (
        <div className={classes.acts}>
          {works && share.url !== '' && <CopyShareLink share={share} />}
          <ShareMenu share={share} works={works && share.url !== ''} onChange={onChange} onRevoke={onRevoke} />
        </div>
      )}
    </div>
  );
}

function ShareMenu({ share, works, onChange, onRevoke }: { share: Share; works: boolean; onChange: () => void; onRevoke: () => void }) {
  const { t } = useTranslation('shares');
  const { button, choose } = useMenuButton();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size="lg" aria-label={t('actions', { name: share.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-autofocus leftSection={<IconSettings size={16} />} onClick={() => choose(onChange)}>
          {t('change')}
        </Menu.Item>
        {works && (
          <Menu.Item leftSection={<IconExternalLink size={16} />} component="a" href={share.url} target="_blank" rel="noreferrer">
            {t('open')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconBan size={16} />} className={classes.danger} onClick={() => choose(onRevoke)}>
          {t('revoke')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function RevokeDialog({ share, onClose }: { share: Share | undefined; onClose: () => void }) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: revokeShare,
    onSuccess: () => toastDone(t('revoked')),
    onError: (error) => toastFailed(t('revokeFailed'), error),
    onSettled: () => {
      onClose();
      return client.invalidateQueries({ queryKey: shareKeys.all });
    },
  });
  return (
    <ConfirmDialog
      opened={share !== undefined}
      title={t('revokeTitle')}
      confirmLabel={t('revoke')}
      busy={revoking.isPending}
      onConfirm={() => share && revoking.mutate(share.id)}
      onClose={onClose}
    >
      <p className={classes.breaking}>
        <Trans t={t} i18nKey="revokeText" values={{ name: share?.name ?? '' }} components={{ b: <b /> }} />
      </p>
    </ConfirmDialog>
  );
}

