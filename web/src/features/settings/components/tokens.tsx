import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { ApiToken, Me } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconDeviceLaptop, IconKey, IconPlus } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useFeature } from '@/lib/features';
import { isolated } from '@/lib/isolated';
import { useNow } from '@/lib/use-now';

import { revokeToken, settingsKeys, tokensQuery } from '../api';
import '../messages/catalogue';
import { scopeNames } from '../scopes';
import { LongList } from './long-list';
import classes from './settings.module.css';
import { TokenForm } from './token-form';

/** The account's API tokens, each with a button to revoke it. */
export function Tokens({ me }: { me: Me }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const { data: tokens, error, isPending, refetch } = useQuery(tokensQuery());
  const [asked, setAsked] = useState<ApiToken>();
  const [making, setMaking] = useState(false);
  const revoking = useMutation({
    mutationFn: (token: ApiToken) => revokeToken(token.id),
    onSuccess: (_, token) => {
      toastDone(t('tokens.revokedTheToken', { name: isolated(token.name) }));
      return client.invalidateQueries({ queryKey: settingsKeys.tokens });
    },
    onError: (failure) => toastFailed(t('tokens.couldntRevokeThe'), failure),
    onSettled: () => setAsked(undefined),
  });
  const allowed = useFeature('api_tokens');
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!tokens) return <ErrorNotice error={error} title={t('tokens.couldntLoadYour')} retry={() => void refetch()} />;
  return (
    <>
      {tokens.length > 0 && (
        <LongList label={t('tokens.apiTokens')} items={tokens}>
          {(token) => <TokenItem key={token.id} token={token} onRevoke={setAsked} />}
        </LongList>
      )}
      {tokens.length === 0 && allowed && <p className={classes.note}>{t('tokens.noTokensYet')}</p>}
      {!allowed && <p className={classes.note}>{tokens.length > 0 ? t('tokens.apiTokensAre') : t('tokens.apiTokensAreSwitched')}</p>}
      {allowed && (
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t('tokens.newToken')}
        </Button>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title={t('tokens.newApiToken')} closeOnClickOutside={false}>
        <TokenForm me={me} onClose={() => setMaking(false)} />
      </Modal>
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('tokens.revokeToken')}
        confirmLabel={t('tokens.revoke')}
        busy={revoking.isPending}
        onConfirm={() => asked && revoking.mutate(asked)}
        onClose={() => setAsked(undefined)}
      >
        <p>
          <Trans t={t} i18nKey="tokens.anythingThatUses" values={{ name: asked?.name }} components={{ b: <b /> }} />
        </p>
      </ConfirmDialog>
    </>
  );
}

function TokenItem({ token, onRevoke }: { token: ApiToken; onRevoke: (token: ApiToken) => void }) {
  const { t } = useTranslation('settings');
  const expired = Date.parse(token.expiresAt) <= useNow();
  const Symbol = token.device ? IconDeviceLaptop : IconKey;
  return (
    <li className={classes.item}>
      <Symbol size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={classes.itemname}>
          {token.name}{' '}
          {expired && <span className={classes.expired}>{t('tokens.expired')}</span>}
        </p>
        <p className={classes.facts}>
          {token.device ? <span>{t('connect.connected')}</span> : <span className="mono">{token.hint}…</span>}
          <span>{token.scopes.map((scope) => scopeNames[scope]).join(', ')}</span>
        </p>
        <p className={classes.facts}>
          {token.lastUsedAt ? (
            <span>
              {token.lastUsedIp !== '' ? <Trans t={t} i18nKey="tokens.usedFrom" values={{ lastUsedIp: token.lastUsedIp }} components={{ relativetime: <RelativeTime at={token.lastUsedAt} /> }} /> : <Trans t={t} i18nKey="tokens.used" components={{ relativetime: <RelativeTime at={token.lastUsedAt} /> }} />}
            </span>
          ) : (
            <span>{t('tokens.neverUsed')}</span>
          )}
          <span>
            {expired ? t('tokens.expired') : t('tokens.expires')} <RelativeTime at={token.expiresAt} />
          </span>
        </p>
      </div>
      <Button size="compact-sm" variant="default" aria-label={t('tokens.revokeTheToken', { name: token.name })} onClick={() => onRevoke(token)}>
        {t('tokens.revoke')}
      </Button>
    </li>
  );
}
