import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Role, UserInfo } from '@/api/model';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';

import './messages/catalogue';
import { assignPlan, deleteUser, disableUser, enableUser, resetFactors, sendReset, setRole, signOutUser, userKeys } from './api';

/** An act on an account with its arguments. */
export type Ordered =
  | { act: 'plan'; user: UserInfo; plan: string; planName: string }
  | { act: 'role'; user: UserInfo; role: Role }
  | { act: 'factors'; user: UserInfo; reason: string }
  | { act: 'reset' | 'logout' | 'disable' | 'enable' | 'delete'; user: UserInfo };

function run(order: Ordered): Promise<undefined> {
  switch (order.act) {
    case 'plan':
      return assignPlan(order.user.id, order.plan);
    case 'role':
      return setRole(order.user.id, order.role);
    case 'reset':
      return sendReset(order.user.id);
    case 'factors':
      return resetFactors(order.user.id, order.reason);
    case 'delete':
      return deleteUser(order.user.id, order.user.email);
    case 'logout':
      return signOutUser(order.user.id);
    case 'disable':
      return disableUser(order.user.id);
    case 'enable':
      return enableUser(order.user.id);
  }
}

function doneText(order: Ordered): string {
  const { email } = order.user;
  switch (order.act) {
    case 'plan':
      return text('users:useUserAct.isNowOn', { email, planName: order.planName });
    case 'role':
      return order.role === 'admin' ? text('users:useUserAct.isNowAn', { email }) : text('users:useUserAct.isNoLonger', { email });
    case 'reset':
      return text('users:useUserAct.mailedALink', { email });
    case 'factors':
      return text('users:useUserAct.nowSignsIn', { email });
    case 'delete':
      return text('users:useUserAct.deleted', { email });
    case 'logout':
      return text('users:useUserAct.signedOutEverywhere', { email });
    case 'disable':
      return text('users:useUserAct.disabled', { email });
    case 'enable':
      return text('users:useUserAct.enabled', { email });
  }
}

/** Performs an act once the admin has proved who they are, confirms it with a toast and refreshes the lists. */
export function useUserAct(onDone: (order: Ordered) => void) {
  const confirmed = useConfirmed();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Ordered) => confirmed(() => run(order)),
    onSuccess: (_, order) => {
      toastDone(doneText(order));
      onDone(order);
      if (order.act === 'delete') client.removeQueries({ queryKey: userKeys.one(order.user.id) });
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
  });
}
