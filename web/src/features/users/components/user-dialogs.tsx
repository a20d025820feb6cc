import { TextInput } from '@mantine/core';
import { useState } from 'react';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';

import { useUserAct, type Ordered } from '../use-user-act';
import type { AskedUser } from '../user';
import { PlanDialog } from './plan-dialog';

interface UserDialogsProps {
  asked: AskedUser | undefined;
  isMe: boolean;
  onClose: () => void;
  /** Called once the account is deleted. */
  onDeleted?: () => void;
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
          'Its downloads pause, and continue when you enable it. Its files stay, but running transfers of them to its owner or through links stop.',
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
    case 'reset':
      return {
        title: 'Send password reset?',
        confirmLabel: 'Send',
        text: ['The owner gets a mail with a link that works for 30 minutes. The password stays the same until they use it.'],
        typed: false,
        danger: false,
      };
    case 'factors':
      return {
        title: 'Reset second factor?',
        confirmLabel: 'Reset second factor',
        text: [
          'Do this only if you are sure that the owner is who asks: from then on, the password alone signs in.',
          'The authenticator app, all passkeys and the recovery codes are removed, and the account is signed out everywhere. A mail tells the owner.',
          ...(user.role === 'admin' ? ['This account is an admin’s: until it has a new second factor, its password alone protects it.'] : []),
        ],
        typed: true,
        danger: true,
      };
    case 'delete':
      return {
        title: 'Delete account?',
        confirmLabel: 'Delete account',
        text: ['The account goes with all its downloads, files and links. It is signed out at once, and a mail tells the owner. This can’t be undone.'],
        typed: true,
        danger: true,
      };
    default:
      return {
        title: 'Enable account?',
        confirmLabel: 'Enable',
        text: ['Its owner can sign in again with the same password. Downloads that paused when it was disabled continue.'],
        typed: false,
        danger: false,
      };
  }
}

function orderOf({ user, act }: AskedUser, reason: string): Ordered | undefined {
  switch (act) {
    case 'factors':
      return { act, user, reason: reason.trim() };
    case 'plan':
      return undefined;
    case 'role':
      return { act, user, role: user.role === 'admin' ? 'user' : 'admin' };
    default:
      return { act, user };
  }
}

/** Asks before an act on an account, then performs it. */
export function UserDialogs({ asked, isMe, onClose, onDeleted }: UserDialogsProps) {
  const [reason, setReason] = useState('');
  const done = () => {
    setReason('');
    onClose();
  };
  const doing = useUserAct((order) => {
    done();
    if (order.act === 'delete') onDeleted?.();
  });
  const close = () => {
    doing.reset();
    done();
  };
  const order = asked && orderOf(asked, reason);
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
        fields={
          asked?.act === 'factors' && (
            <TextInput
              label="How do you know that the owner asks?"
              description="For the audit log."
              required
              maxLength={500}
              autoComplete="off"
              mb="md"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )
        }
        onConfirm={() => order && doing.mutate(order)}
        onClose={close}
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
        onClose={close}
      />
    </>
  );
}
