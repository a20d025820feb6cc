import { useEffect } from 'react';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';

import { useUserAct, type Ordered } from '../use-user-act';
import type { AskedUser } from '../user';
import { PlanDialog } from './plan-dialog';

interface UserDialogsProps {
  asked: AskedUser | undefined;
  isMe: boolean;
  onClose: () => void;
}

interface Question {
  title: string;
  confirmLabel: string;
  text: readonly string[];
  typed: boolean;
  danger: boolean;
}

function questionOf({ user, act }: AskedUser, isMe: boolean): Question {
  const own = isMe ? ["This is your own account. You'll lose access to this page."] : [];
  switch (act) {
    case 'disable':
      return {
        title: 'Disable account?',
        confirmLabel: 'Disable',
        text: [
          ...own,
          'It is signed out everywhere, and its API tokens and streams stop working. No one can sign in to it until you enable it again.',
          'Its downloads keep running, and its files stay.',
        ],
        typed: true,
        danger: true,
      };
    case 'logout':
      return {
        title: 'Sign out everywhere?',
        confirmLabel: 'Sign out everywhere',
        text: [...own, 'All its sessions and API tokens end right away. The owner can sign in again, but programs need new tokens.'],
        typed: false,
        danger: true,
      };
    case 'role':
      return user.role === 'admin'
        ? {
            title: 'Remove admin role?',
            confirmLabel: 'Remove admin role',
            text: [...own, 'The account loses access to the admin pages and is signed out everywhere. Its downloads, files and plan stay.'],
            typed: true,
            danger: true,
          }
        : {
            title: 'Make admin?',
            confirmLabel: 'Make admin',
            text: [
              'It can do everything you can: see and disable accounts, change plans and providers, and remove your admin role.',
              'It is signed out everywhere and has to sign in again. Its plan stays.',
            ],
            typed: true,
            danger: true,
          };
    default:
      return { title: 'Enable account?', confirmLabel: 'Enable', text: ['Its owner can sign in again with the same password.'], typed: false, danger: false };
  }
}

function orderOf({ user, act }: AskedUser): Ordered | undefined {
  switch (act) {
    case 'plan':
      return undefined;
    case 'role':
      return { act, user, role: user.role === 'admin' ? 'user' : 'admin' };
    default:
      return { act, user };
  }
}

/** Asks before an act on an account, then performs it. */
export function UserDialogs({ asked, isMe, onClose }: UserDialogsProps) {
  const doing = useUserAct(onClose);
  const { reset } = doing;
  useEffect(() => {
    if (!asked) reset();
  }, [asked, reset]);
  const order = asked && orderOf(asked);
  const question = asked && questionOf(asked, isMe);
  return (
    <>
      <ConfirmDialog
        opened={order !== undefined}
        title={question?.title ?? ''}
        confirmLabel={question?.confirmLabel ?? ''}
        danger={question?.danger ?? false}
        typed={question?.typed ? asked?.user.email : undefined}
        busy={doing.isPending}
        onConfirm={() => order && doing.mutate(order)}
        onClose={onClose}
      >
        <p>
          <b>{asked?.user.email}</b>
        </p>
        {question?.text.map((text) => <p key={text}>{text}</p>)}
        <FormFault error={doing.error} />
      </ConfirmDialog>
      <PlanDialog
        user={asked?.act === 'plan' ? asked.user : undefined}
        busy={doing.isPending}
        error={doing.error}
        onAssign={(user, plan) => doing.mutate({ act: 'plan', user, plan: plan.id, planName: plan.name })}
        onClose={onClose}
      />
    </>
  );
}
