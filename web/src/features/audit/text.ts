import type { AuditEntry } from '@/api/model';
import { formatBytes, formatCount, formatMoment } from '@/lib/format';

/** What administrators and agents did, by the action's name; the part before the dot is its area. */
export const actionTexts: Readonly<Record<string, string>> = {
  'installation.set_up': 'Set the installation up',
  'user.disable': 'Disabled an account',
  'user.enable': 'Enabled an account',
  'user.end_access': 'Signed an account out everywhere',
  'user.set_role': 'Changed the role of an account',
  'user.assign_plan': 'Changed the plan of an account',
  'user.repair_quota': 'Repaired the storage figures of an account',
  'user.delete': 'Deleted an account',
  'passkey.add': 'Added a passkey',
  'passkey.rename': 'Renamed a passkey',
  'passkey.remove': 'Removed a passkey',
  'invitation.make': 'Invited somebody',
  'invitation.withdraw': 'Withdrew an invitation',
  'registration.set': 'Changed who may make an account',
  'plan.create': 'Added a plan',
  'plan.change': 'Changed a plan',
  'agent.make_enrolment_token': 'Made a token to enrol an agent',
  'agent.enrol': 'Enrolled as an agent',
  'agent.cordon': 'Cordoned an agent',
  'agent.uncordon': 'Uncordoned an agent',
  'agent.drain': 'Drained an agent',
  'agent.remove': 'Removed an agent',
  'provider.switch': 'Changed the provider or its options',
  'provider.verify': 'Verified a provider',
  'job.change_provider': 'Moved a download',
  'storage.clean_up': 'Cleaned up storage',
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
  { value: 'storage', label: 'Storage' },
  { value: 'installation', label: 'Installation' },
];

/** What security events are about. */
export const securityTexts: Readonly<Record<string, string>> = {
  login: 'Signed in',
  login_failed: 'Sign-in failed',
  second_factor_failed: 'Second step failed',
  passkey_copied: 'A passkey may have been copied',
  token_refused: 'One-time link or token refused',
  credential_refused: 'Session, API token or agent credential refused',
  access_refused: 'Not allowed',
  cross_origin: 'Request from another site refused',
  rate_limited: 'Too many requests',
};

/** What mails are about. */
const mailTexts: Readonly<Record<string, string>> = {
  verify_email: 'Verify the address',
  reset_password: 'Reset the password',
  confirm_email: 'Confirm the new address',
  invitation: 'Invitation',
  address_in_use: 'The address is in use',
  password_changed: 'The password was changed',
  email_changed: 'The address was changed',
  email_is_new: 'The address is new',
  new_device: 'Sign-in with a new device',
  totp_on: 'Two-step sign-in is on',
  totp_off: 'Two-step sign-in is off',
  passkey_added: 'A passkey was added',
  passkey_removed: 'A passkey was removed',
  api_token_made: 'An API token was made',
  account_deleted: 'The account is deleted',
};

/** Makes words of a name that has no text: "user.set_role" is "User: set role". */
export function wordsOf(name: string): string {
  const spaced = name.replaceAll('_', ' ').replace('.', ': ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Names an action. */
export function actionText(action: string): string {
  return actionTexts[action] ?? wordsOf(action);
}

/** Names a kind of security event. */
export function securityText(kind: string): string {
  return securityTexts[kind] ?? wordsOf(kind);
}

/** Names a kind of mail. */
export function mailText(kind: string): string {
  return mailTexts[kind] ?? wordsOf(kind);
}

/** Names who did it: a person or agent by name, or what stands in for one. */
export function actorText({ actorKind, actorName, actorId }: AuditEntry): string {
  if (actorName !== '') return actorName;
  if (actorKind === 'system') return 'Longhaul itself';
  if (actorKind === 'console') return 'Somebody at the console';
  return `${actorKind === 'agent' ? 'an agent' : 'an account'} that is gone${actorId ? ` (${shortId(actorId)})` : ''}`;
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

/** One member that is not as it was. */
export interface Change {
  name: string;
  /** Undefined for what was not there. */
  from: string | undefined;
  /** Undefined for what is there no more. */
  to: string | undefined;
}

/** Splits "storageBytes" into words. */
function memberName(key: string): string {
  if (key === 'url') return 'URL';
  const words = key.replace(/Bytes$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const byteMembers = new Set(['used', 'reserved']);

function valueText(key: string, value: unknown): string {
  if (value === null || value === '') return 'none';
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
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

/** Lists what an act changed, member by member; what stayed is left out where there is a before. */
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

/** Turns a day of the reader's calendar into the moment at which it begins, or at which it is over. */
export function dayBounds(from: string, to: string): { from?: string; to?: string } {
  const start = from === '' ? undefined : new Date(`${from}T00:00:00`);
  const end = to === '' ? undefined : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  const text = (at: Date | undefined) => (at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined);
  const bounds = { from: text(start), to: text(end) };
  return { ...(bounds.from && { from: bounds.from }), ...(bounds.to && { to: bounds.to }) };
}
