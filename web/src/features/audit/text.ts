import type { AuditEntry } from '@/api/model';
import { formatBytes, formatCount, formatMoment, formatRate } from '@/lib/format';

/** What admins and agents did, by the action's name. The part before the dot is its area. */
export const actionTexts: Readonly<Record<string, string>> = {
  'installation.set_up': 'Set up the installation',
  'user.disable': 'Disabled an account',
  'user.enable': 'Enabled an account',
  'user.end_access': 'Signed an account out everywhere',
  'user.set_role': "Changed an account's role",
  'user.assign_plan': "Changed an account's plan",
  'user.assign_plans': 'Changed the plan of many accounts',
  'user.set_override': 'Gave an account its own limits',
  'user.pool': 'Changed which agents serve an account',
  'agent.pool': 'Changed the pool of an agent',
  'user.remove_override': "Removed an account's own limits",
  'user.end_session': "Ended an account's session",
  'user.revoke_token': "Revoked an account's API token",
  'user.send_reset': 'Sent a password reset',
  'user.reset_factors': "Reset an account's second factor",
  'user.read': 'Looked at an account',
  'user.export': 'Exported the accounts',
  'user.repair_quota': "Repaired an account's storage figures",
  'user.delete': 'Deleted an account',
  'passkey.add': 'Added a passkey',
  'passkey.rename': 'Renamed a passkey',
  'passkey.remove': 'Removed a passkey',
  'invitation.make': 'Invited someone',
  'invitation.withdraw': 'Withdrew an invitation',
  'registration.set': 'Changed registration',
  'plan.create': 'Added a plan',
  'plan.change': 'Changed a plan',
  'agent.make_enrolment_token': 'Created an agent enrolment token',
  'agent.enrol': 'Enrolled as an agent',
  'agent.cordon': 'Cordoned an agent',
  'agent.uncordon': 'Uncordoned an agent',
  'agent.drain': 'Drained an agent',
  'agent.limit': "Changed an agent's speed limit",
  'agent.remove': 'Removed an agent',
  'provider.switch': 'Changed the provider or its options',
  'provider.verify': 'Verified a provider',
  'block.add': 'Blocked content',
  'block.lift': 'Lifted a block',
  'flag.set': 'Switched a feature',
  'announcement.set': 'Announced something',
  'announcement.remove': 'Removed the announcement',
  'account.export': 'Asked for a copy of their data',
  'notice.record': 'Recorded a takedown notice',
  'notice.complete': 'Completed a takedown notice',
  'notice.decide': 'Decided on a takedown notice',
  'notice.counter': 'Objected to a takedown notice',
  'notice.extend': 'Extended the clock of a counter-notice',
  'notice.read': 'Looked at takedown notices',
  'notice.export': 'Exported takedown notices',
  'strike.give': 'Gave an account a strike',
  'strike.withdraw': 'Withdrew a strike',
  'strike.suspend': 'Turned off new downloads of an account',
  'strike.read': 'Looked at the strikes of an account',
  'bulk.start': 'Started an act on many downloads',
  'bulk.stop': 'Stopped an act on many downloads',
  'bulk.read': 'Looked at the results of an act on many downloads',
  'job.list': 'Listed the downloads of all accounts',
  'job.export': 'Exported the downloads of all accounts',
  'job.read': 'Looked at a download',
  'job.cancel': 'Cancelled a download',
  'job.pause': 'Paused a download',
  'job.resume': 'Resumed a download',
  'job.retry': 'Retried a download',
  'job.delete': 'Deleted a download',
  'job.change_provider': 'Moved a download',
  'share.read': 'Looked at the shares of an account',
  'share.revoke': 'Revoked a share',
  'storage.accept': 'Accepted storage as it is',
  'storage.clean_up': 'Cleaned up storage',
  'storage.restore': 'Restored a backup of the database',
  'storage.check_start': 'Had stored files read again',
  'storage.check_stop': 'Stopped reading stored files again',
  'storage.check_plan': 'Changed the schedule of integrity checks',
  'storage.check_end': 'Read stored files again',
  'storage.cleanup_start': 'Looked for what to clean up in storage',
  'storage.cleanup_confirm': 'Confirmed a clean-up of storage',
  'storage.cleanup_stop': 'Stopped a clean-up of storage',
  'storage.cleanup_end': 'Cleaned up storage',
};

/** The areas to filter by. */
export const areas: readonly { value: string; label: string }[] = [
  { value: 'user', label: 'Accounts' },
  { value: 'passkey', label: 'Passkeys' },
  { value: 'invitation', label: 'Invitations' },
  { value: 'registration', label: 'Registration' },
  { value: 'plan', label: 'Plans' },
  { value: 'agent', label: 'Agents' },
  { value: 'provider', label: 'Providers' },
  { value: 'job', label: 'Downloads' },
  { value: 'bulk', label: 'Acts on many downloads' },
  { value: 'block', label: 'Blocked content' },
  { value: 'flag', label: 'Features' },
  { value: 'announcement', label: 'Announcements' },
  { value: 'notice', label: 'Takedown notices' },
  { value: 'share', label: 'Shares' },
  { value: 'strike', label: 'Strikes' },
  { value: 'storage', label: 'Storage' },
  { value: 'installation', label: 'Installation' },
];

/** The kinds of mails. */
const mailTexts: Readonly<Record<string, string>> = {
  verify_email: 'Address verification',
  reset_password: 'Password reset',
  confirm_email: 'Confirmation of a new address',
  invitation: 'Invitation',
  address_in_use: 'Address already in use',
  password_changed: 'Password changed',
  factors_reset: 'Second factor reset by an admin',
  email_changed: 'Address changed, to the old address',
  email_is_new: 'Address changed, to the new address',
  codes_failed: 'Wrong sign-in codes',
  new_device: 'Sign-in from a new device',
  totp_on: 'Two-step sign-in turned on',
  totp_off: 'Two-step sign-in turned off',
  passkey_added: 'Passkey added',
  passkey_removed: 'Passkey removed',
  api_token_made: 'API token created',
  account_deleted: 'Account deleted',
  jobs_deleted: 'Downloads deleted by an admin',
  content_blocked: 'Download blocked by a takedown notice',
  content_restored: 'Download available again',
  notice_rejected: 'Takedown notice rejected, to the complainant',
  counter_notice: 'Counter-notice, to the complainant',
  counter_due: 'Counter-notice about to run out, to admins',
  submits_suspended: 'New downloads turned off',
  account_disabled: 'Account disabled for strikes',
};

/** Turns a name without a text into words: "user.set_role" becomes "User: set role". */
export function wordsOf(name: string): string {
  const spaced = name.replaceAll('_', ' ').replace('.', ': ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Names an action. */
export function actionText(action: string): string {
  return actionTexts[action] ?? wordsOf(action);
}

/** Names a kind of mail. */
export function mailText(kind: string): string {
  return mailTexts[kind] ?? wordsOf(kind);
}

/** Names who did it: a person or an agent, or Longhaul. */
export function actorText({ actorKind, actorName, actorId }: AuditEntry): string {
  if (actorName !== '') return actorName;
  if (actorKind === 'system') return 'Longhaul';
  if (actorKind === 'console') return 'Someone at the console';
  return `${actorKind === 'agent' ? 'a removed agent' : 'a deleted account'}${actorId ? ` (${shortId(actorId)})` : ''}`;
}

/** Names what it was done to; empty for the installation. */
export function targetText(entry: AuditEntry): string {
  const told = entry.targetName || nameIn(entry.after) || nameIn(entry.before);
  if (told !== '') return told;
  return uuid.test(entry.targetId) ? `${entry.targetKind} ${shortId(entry.targetId)}` : entry.targetId;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function shortId(id: string): string {
  return `…${id.slice(-12)}`;
}

type Facts = Record<string, unknown> | null;

function nameIn(facts: Facts): string {
  const name = facts?.name ?? facts?.email;
  return typeof name === 'string' ? name : '';
}

/** One value that changed. */
export interface Change {
  name: string;
  /** Undefined for a value that is new. */
  from: string | undefined;
  /** Undefined for a value that was removed. */
  to: string | undefined;
}

/** Turns a value's name into words, as people call it: "maxRunningJobs" is "Max running downloads". */
function memberName(key: string): string {
  if (key === 'url' || key === 'rateLimit') return key === 'url' ? 'URL' : 'Speed limit';
  const words = key.replace(/Bytes$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase().replace(/\bjob(s?)\b/, 'download$1');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const byteMembers = new Set(['used', 'reserved']);

function valueText(key: string, value: unknown): string {
  if (value === null || value === '') return 'none';
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && key === 'rateLimit') return value === 0 ? 'none' : formatRate(value);
  if (typeof value === 'number') return key.endsWith('Bytes') || byteMembers.has(key) ? formatBytes(value) : formatCount(value);
  if (typeof value === 'string') return instant.test(value) ? formatMoment(value) : value;
  if (Array.isArray(value)) return value.map((each) => valueText(key, each)).join(', ');
  return JSON.stringify(value);
}

function flat(facts: Facts, prefix = ''): Map<string, unknown> {
  const out = new Map<string, unknown>();
  for (const [key, value] of Object.entries(facts ?? {})) {
    const name = prefix === '' ? key : `${prefix} ${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, each] of flat(value as Record<string, unknown>, name)) out.set(inner, each);
    } else {
      out.set(name, value);
    }
  }
  return out;
}

/** Lists what an action changed, value by value. Values that stayed the same are left out. */
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): Change[] {
  const was = flat(before);
  const is = flat(after);
  const out: Change[] = [];
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const from = before === null || !was.has(key) ? undefined : valueText(key, was.get(key));
    const to = after === null || !is.has(key) ? undefined : valueText(key, is.get(key));
    if (from !== to) out.push({ name: memberName(key), from, to });
  }
  return out;
}
