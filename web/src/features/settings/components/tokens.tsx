import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

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
  const client = useQueryClient();
  const { data: tokens, error, isPending, refetch } = useQuery(tokensQuery());
  const [asked, setAsked] = useState<ApiToken>();
  const [making, setMaking] = useState(false);
  const revoking = useMutation({
    mutationFn: (token: ApiToken) => revokeToken(token.id),
    onSuccess: (_, token) => {
      toastDone(`Revoked the token “${isolated(token.name)}”.`);
      return client.invalidateQueries({ queryKey: settingsKeys.tokens });
    },
    onError: (failure) => toastFailed("Couldn't revoke the token", failure),
    onSettled: () => setAsked(undefined),
  });
  const allowed = useFeature('api_tokens');
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!tokens) return <ErrorNotice error={error} title="Couldn't load your tokens" retry={() => void refetch()} />;
  return (
    <>
      {tokens.length > 0 && (
        <LongList label="API tokens" items={tokens}>
          {(token) => <TokenItem key={token.id} token={token} onRevoke={setAsked} />}
        </LongList>
      )}
      {tokens.length === 0 && allowed && <p className={classes.note}>No tokens yet.</p>}
      {!allowed && <p className={classes.note}>API tokens are switched off for your account{tokens.length > 0 && '. These don’t work until an admin switches them on again'}.</p>}
      {allowed && (
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          New token
        </Button>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="New API token" closeOnClickOutside={false}>
        <TokenForm me={me} onClose={() => setMaking(false)} />
      </Modal>
      <ConfirmDialog
        opened={asked !== undefined}
        title="Revoke token?"
        confirmLabel="Revoke"
        busy={revoking.isPending}
        onConfirm={() => asked && revoking.mutate(asked)}
        onClose={() => setAsked(undefined)}
      >
        <p>
          Anything that uses <b>{asked?.name}</b> stops working right away.
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
          {expired && <span className={classes.expired}>expired</span>}
        </p>
        <p className={classes.facts}>
          {token.device ? <span>{t('connect.connected')}</span> : <span className="mono">{token.hint}…</span>}
          <span>{token.scopes.map((scope) => scopeNames[scope]).join(', ')}</span>
        </p>
        <p className={classes.facts}>
          {token.lastUsedAt ? (
            <span>
              used <RelativeTime at={token.lastUsedAt} />
              {token.lastUsedIp !== '' && ` from ${token.lastUsedIp}`}
            </span>
          ) : (
            <span>never used</span>
          )}
          <span>
            {expired ? 'expired' : 'expires'} <RelativeTime at={token.expiresAt} />
          </span>
        </p>
      </div>
      <Button size="compact-sm" variant="default" aria-label={`Revoke the token ${token.name}`} onClick={() => onRevoke(token)}>
        Revoke
      </Button>
    </li>
  );
}
