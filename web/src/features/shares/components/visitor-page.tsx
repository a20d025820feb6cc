import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { OpenedShare } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconLink } from '@/components/icons';
import { Logo } from '@/components/logo';
import { ErrorNotice, Notice } from '@/components/notice';
import { PasswordField } from '@/components/password-field';
import { canKeep } from '@/lib/kept';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';
import * as z from 'zod/mini';

import '../messages/catalogue';
import { openShare, visitKeys, visitQuery } from '../visit';
import type { StageOf } from './visitor-files';
import { OpenShare } from './visitor-files';
import classes from './visitor.module.css';

interface VisitorPageProps {
  /** The last part of the address. */
  token: string;
  /** The file that is open; undefined for the list. */
  file: number | undefined;
  onFile: (file: number | undefined) => void;
  /** Shows a file. */
  stage: StageOf;
}

/** The page of a share, for everyone who has its address. */
export function VisitorPage(props: VisitorPageProps) {
  const { t } = useTranslation('shares');
  const { data, error, isPending, refetch } = useQuery(visitQuery(props.token));
  const gone = hasCode(error, problemCode.notFound);
  // One that ended while it was open shows nothing of what it had.
  const share = gone ? undefined : data;
  return (
    <Frame title={share && !share.locked ? share.name : t('visitor.title')}>
      {!share && <h1 className={classes.quiet}>{t('visitor.title')}</h1>}
      {isPending && <Skeleton height={320} radius="lg" role="status" aria-label={t('visitor.loading')} />}
      {gone ? (
        <Notice icon={IconLink} title={t('visitor.goneTitle')}>
          {t('visitor.goneText')}
        </Notice>
      ) : (
        error && !share && <ErrorNotice error={error} title={t('visitor.loadFailed')} retry={() => void refetch()} />
      )}
      {share?.locked && <Locked token={props.token} />}
      {share && !share.locked && <OpenShare share={share} {...props} />}
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('shares');
  useEffect(() => {
    document.title = `${title} · Longhaul`;
  }, [title]);
  return (
    <div className={classes.frame}>
      <header className={classes.header}>
        <Logo />
      </header>
      <main className={classes.main} data-hold>
        {children}
        <div id="layers" />
      </main>
      <footer className={classes.foot}>
        <span>{t('visitor.foot')}</span>
        <a href="/dmca">{t('visitor.report')}</a>
      </footer>
    </div>
  );
}

const passwordSchema = z.object({ password: z.string().check(z.minLength(1)) });

function Locked({ token }: { token: string }) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const [keeps] = useState(() => canKeep('session'));
  const form = useApiForm({
    schema: passwordSchema,
    initial: { password: '' },
    send: ({ password }) => openShare(token, password),
    onDone: (share: OpenedShare) => client.setQueryData(visitKeys.share(token), share),
  });
  return (
    <form noValidate className={classes.locked} onSubmit={form.submit}>
      <h1>{t('visitor.lockedTitle')}</h1>
      <p>{t('visitor.lockedText')}</p>
      {!keeps && <p>{t('visitor.notKept')}</p>}
      <FormFault error={form.error} />
      <PasswordField label={t('visitor.password')} autoComplete="off" {...form.field('password')} />
      <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
        {t('visitor.unlock')}
      </Button>
    </form>
  );
}
