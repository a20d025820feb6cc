import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { text } from '@/lib/messages';

import '../messages/catalogue';
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
  const own = isMe ? [text('users:userDialogs.thisIsYour')] : [];
  switch (act) {
    case 'disable':
      return {
        title: text('users:userDialogs.disableAccount'),
        confirmLabel: text('users:userDialogs.disable'),
        text: [
          ...own,
          text('users:userDialogs.itIsSigned'),
          text('users:userDialogs.itsDownloadsPause'),
        ],
        typed: true,
        danger: true,
      };
    case 'logout':
      return {
        title: text('users:userDialogs.signOutEverywhere'),
        confirmLabel: text('users:userDialogs.signOutEverywhere2'),
        text: [...own, text('users:userDialogs.allItsSessions')],
        typed: false,
        danger: true,
      };
    case 'role':
      return user.role === 'admin'
        ? {
            title: text('users:userDialogs.removeAdminRole'),
            confirmLabel: text('users:userDialogs.removeAdminRole2'),
            text: [...own, text('users:userDialogs.theAccountLoses')],
            typed: true,
            danger: true,
          }
        : {
            title: text('users:userDialogs.makeAdmin'),
            confirmLabel: text('users:userDialogs.makeAdmin2'),
            text: [
              text('users:userDialogs.itCanDo'),
              text('users:userDialogs.itIsSignedOut'),
            ],
            typed: true,
            danger: true,
          };
    case 'reset':
      return {
        title: text('users:userDialogs.sendPasswordReset'),
        confirmLabel: text('users:userDialogs.send'),
        text: [text('users:userDialogs.theOwnerGets')],
        typed: false,
        danger: false,
      };
    case 'factors':
      return {
        title: text('users:userDialogs.resetSecondFactor'),
        confirmLabel: text('users:userDialogs.resetSecondFactor2'),
        text: [
          text('users:userDialogs.doThisOnly'),
          text('users:userDialogs.theAuthenticatorApp'),
          ...(user.role === 'admin' ? [text('users:userDialogs.thisAccountIs')] : []),
        ],
        typed: true,
        danger: true,
      };
    case 'delete':
      return {
        title: text('users:userDialogs.deleteAccount'),
        confirmLabel: text('users:userDialogs.deleteAccount2'),
        text: [text('users:userDialogs.theAccountGoes')],
        typed: true,
        danger: true,
      };
    default:
      return {
        title: text('users:userDialogs.enableAccount'),
        confirmLabel: text('users:userDialogs.enable'),
        text: [text('users:userDialogs.itsOwnerCan')],
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
  const { t } = useTranslation('users');
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
              label={t('userDialogs.howDoYou')}
              description={t('userDialogs.forTheAudit')}
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
