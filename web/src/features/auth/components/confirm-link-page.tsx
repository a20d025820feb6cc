import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { FormFault } from '@/components/form-fault';
import { hasCode, problemCode } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';

interface ConfirmLinkPageProps {
  title: string;
  intro: string;
  label: string;
  send: () => Promise<void>;
  /** What leads on when the link does not work, in place of the button. */
  help: ReactNode;
  done: { title: string; text: string; next: ReactNode };
}

/** Uses a link of a mail when a person says so: programs that look through mails open links, too. */
export function ConfirmLinkPage({ title, intro, label, send, help, done }: ConfirmLinkPageProps) {
  const confirming = useMutation({ mutationFn: send });
  const wait = useWait(confirming.error);
  if (confirming.isSuccess) {
    return (
      <AuthFrame title={done.title} intro="">
        <div className={classes.done} role="status">
          <p>{done.text}</p>
          {done.next}
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} intro={intro}>
      <div className={classes.form}>
        <FormFault error={confirming.error} />
        {hasCode(confirming.error, problemCode.linkNotValid) ? (
          help
        ) : (
          <Button size="md" fullWidth loading={confirming.isPending} disabled={wait > 0} onClick={() => confirming.mutate()}>
            {label}
          </Button>
        )}
      </div>
    </AuthFrame>
  );
}
