import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { ConnectionRequest, ConnectionReview, Me, TokenScope } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { useConfirmed } from '@/lib/confirmed';
import { useFeature } from '@/lib/features';
import { leaveFor } from '@/lib/leave-for';
import { useWait } from '@/lib/use-wait';

import { approveConnection, connectionQuery } from '../api';
import '../messages/catalogue';
import classes from './connect-page.module.css';
import { Reauth } from './reauth';

/** What an app puts into the address of this page. */
export interface Asked {
  client: string;
  name: string;
  redirect_uri: string;
  state: string;
  code_challenge: string;
  scope: string;
}

/** Asks the user whether an app may use the account. */
export function ConnectPage({ me, asked }: { me: Me; asked: Asked }) {
  const { t } = useTranslation('settings');
  const request = requestOf(asked);
  const { data: review, error } = useQuery(connectionQuery(request));
  return (
    <Page title={t('connect.title')} intro={review && t('connect.intro')} narrow>
      {!review && !error && <Skeleton height={260} radius="md" />}
      {!review && error && <ErrorNotice error={error} title={t('connect.invalid')} />}
      {review && (
        <Reauth me={me}>
          <Question me={me} request={request} review={review} />
        </Reauth>
      )}
    </Page>
  );
}

// The server refuses what is not one of its values.
function requestOf(asked: Asked): ConnectionRequest {
  return {
    client: asked.client as ConnectionRequest['client'],
    name: asked.name,
    redirectUri: asked.redirect_uri,
    state: asked.state,
    codeChallenge: asked.code_challenge,
    scopes: asked.scope.split(' ').filter((scope) => scope !== '') as TokenScope[],
  };
}

const scopeKeys = {
  'jobs:read': 'connect.scopeJobsRead',
  'jobs:write': 'connect.scopeJobsWrite',
  'files:read': 'connect.scopeFilesRead',
} as const;

interface QuestionProps {
  me: Me;
  request: ConnectionRequest;
  review: ConnectionReview;
}

function Question({ me, request, review }: QuestionProps) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const allowed = useFeature('api_tokens');
  const approving = useMutation({
    mutationFn: () => confirmed(() => approveConnection(request)),
    onSuccess: (address) => leaveFor(address),
  });
  const wait = useWait(approving.error);
  return (
    <div className={classes.question}>
      <dl className={classes.facts}>
        <dt>{t('connect.device')}</dt>
        <dd>{review.name}</dd>
        <dt>{t('connect.account')}</dt>
        <dd>{me.email}</dd>
        <dt>{t('connect.server')}</dt>
        <dd>{review.server}</dd>
        <dt>{t('connect.recipient')}</dt>
        <dd>
          {review.recipient}
          <p className={classes.note}>{t('connect.recipientHelp')}</p>
        </dd>
        <dt>{t('connect.scopes')}</dt>
        <dd>
          <ul className={classes.scopes}>{review.scopes.map((scope) => scope !== 'admin' && <li key={scope}>{t(scopeKeys[scope])}</li>)}</ul>
        </dd>
      </dl>
      <p className={classes.note}>{allowed ? t('connect.lasts') : t('connect.off')}</p>
      <FormFault error={approving.error} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => leaveFor(review.refuseUrl)}>
          {t('connect.refuse')}
        </Button>
        <Button loading={approving.isPending || approving.isSuccess} disabled={!allowed || wait > 0} onClick={() => approving.mutate()}>
          {t('connect.approve')}
        </Button>
      </div>
    </div>
  );
}
