import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { AdminPlan, Invited, OpenInvitation, RegistrationMode, Role, UserDetail, UserPage } from '@/api/model';
import { http, send } from '@/lib/http';

import type { UserView } from './user';

const pageSize = 50;

export const userKeys = {
  all: ['users'] as const,
  lists: () => [...userKeys.all, 'list'] as const,
  list: (view: UserView) => [...userKeys.lists(), view] as const,
  one: (id: string) => [...userKeys.all, 'one', id] as const,
  plans: () => [...userKeys.all, 'plans'] as const,
  invitations: () => [...userKeys.all, 'invitations'] as const,
};

/** The pages of the accounts. */
export function usersQuery(view: UserView) {
  return infiniteQueryOptions({
    queryKey: userKeys.list(view),
    queryFn: ({ pageParam, signal }): Promise<UserPage> => {
      const query = {
        ...(view.q.trim() !== '' && { q: view.q.trim() }),
        ...(view.state !== '' && { state: view.state }),
        ...(view.role !== '' && { role: view.role }),
        ...(view.plan !== '' && { plan: view.plan }),
        ...(pageParam !== '' && { cursor: pageParam }),
        sort: view.sort,
        limit: pageSize,
      };
      return send(http.GET('/api/v1/admin/users', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last: UserPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** All plans, including those that aren't public and retired ones. */
export function plansQuery() {
  return queryOptions({
    queryKey: userKeys.plans(),
    queryFn: async ({ signal }): Promise<AdminPlan[]> => {
      const answer = await send(http.GET('/api/v1/admin/plans', { signal }));
      return answer.plans;
    },
  });
}

/** One account, with its limits, its usage and what it signs in with. */
export function userQuery(id: string) {
  return queryOptions({
    queryKey: userKeys.one(id),
    queryFn: ({ signal }): Promise<UserDetail> => send(http.GET('/api/v1/admin/users/{id}', { params: { path: { id } }, signal })),
    // Sessions and usage of a moment ago have to show.
    staleTime: 0,
  });
}

/** Has a link mailed that sets a new password. */
export function sendReset(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/reset', { params: { path: { id } } }));
}

/** Removes the second factors of an account. */
export function resetFactors(id: string, reason: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/reset-factors', { params: { path: { id } }, body: { reason } }));
}

/** Ends a session of an account. */
export function endUserSession(id: string, session: string): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/users/{id}/sessions/{session}', { params: { path: { id, session } } }));
}

/** Revokes an API token of an account. */
export function revokeUserToken(id: string, token: string): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/users/{id}/tokens/{token}', { params: { path: { id, token } } }));
}

/** Deletes an account with its downloads and files. */
export function deleteUser(id: string, email: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/delete', { params: { path: { id } }, body: { email } }));
}

/** The unused invitations. */
export function invitationsQuery() {
  return queryOptions({
    queryKey: userKeys.invitations(),
    queryFn: async ({ signal }): Promise<OpenInvitation[]> => {
      const answer = await send(http.GET('/api/v1/admin/invitations', { signal }));
      return answer.invitations;
    },
  });
}

/** Disables an account. */
export function disableUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/disable', { params: { path: { id } } }));
}

/** Enables an account. */
export function enableUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/enable', { params: { path: { id } } }));
}

/** Ends all sessions and API tokens of an account. */
export function signOutUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/logout', { params: { path: { id } } }));
}

/** Gives an account the admin role, or removes it. */
export function setRole(id: string, role: Role): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/users/{id}/role', { params: { path: { id } }, body: { role } }));
}

/** Assigns a plan to an account. */
export function assignPlan(id: string, plan: string): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/users/{id}/plan', { params: { path: { id } }, body: { plan } }));
}

/** Invites someone to create an account. Only this answer contains the link. */
export function invite(email: string, role: Role): Promise<Invited> {
  return send(http.POST('/api/v1/admin/invitations', { body: { email, role } }));
}

/** Withdraws an invitation. */
export function withdrawInvitation(id: string): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/invitations/{id}', { params: { path: { id } } }));
}

/** Sets who can create an account. */
export function setRegistration(mode: RegistrationMode): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/registration', { body: { mode } }));
}
