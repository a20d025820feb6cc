import type { AuditEntry } from '@/api/model';
import { formatBytes, formatCount, formatMoment, formatRate } from '@/lib/format';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** What admins and agents did, by the action's name. The part before the dot is its area. */
export const actionTexts: Readonly<Record<string, string>> = {
  'installation.set_up': text('audit:text.setUpThe'),
  'user.disable': text('audit:text.disabledAnAccount'),
  'user.enable': text('audit:text.enabledAnAccount'),
  'user.end_access': text('audit:text.signedAnAccount'),
  'user.set_role': text('audit:text.changedAnAccounts'),
  'user.assign_plan': text('audit:text.changedAnAccountsPlan'),
  'user.assign_plans': text('audit:text.changedThePlan'),
  'user.set_override': text('audit:text.gaveAnAccount'),
  'user.pool': text('audit:text.changedWhichAgents'),
  'agent.pool': text('audit:text.changedThePool'),
  'user.remove_override': text('audit:text.removedAnAccounts'),
  'user.end_session': text('audit:text.endedAnAccounts'),
  'user.revoke_token': text('audit:text.revokedAnAccounts'),
  'user.send_reset': text('audit:text.sentAPassword'),
  'user.reset_factors': text('audit:text.resetAnAccounts'),
  'user.read': text('audit:text.lookedAtAn'),
  'user.export': text('audit:text.exportedTheAccounts'),
  'user.repair_quota': text('audit:text.repairedAnAccounts'),
  'user.delete': text('audit:text.deletedAnAccount'),
  'passkey.add': text('audit:text.addedAPasskey'),
  'passkey.rename': text('audit:text.renamedAPasskey'),
  'passkey.remove': text('audit:text.removedAPasskey'),
  'invitation.make': text('audit:text.invitedSomeone'),
  'invitation.withdraw': text('audit:text.withdrewAnInvitation'),
  'registration.set': text('audit:text.changedRegistration'),
  'plan.create': text('audit:text.addedAPlan'),
  'plan.change': text('audit:text.changedAPlan'),
  'agent.make_enrolment_token': text('audit:text.createdAnAgent'),
  'agent.enrol': text('audit:text.enrolledAsAn'),
  'agent.cordon': text('audit:text.cordonedAnAgent'),
  'agent.uncordon': text('audit:text.uncordonedAnAgent'),
  'agent.drain': text('audit:text.drainedAnAgent'),
  'agent.limit': text('audit:text.changedAnAgents'),
  'agent.remove': text('audit:text.removedAnAgent'),
  'provider.switch': text('audit:text.changedTheProvider'),
  'provider.verify': text('audit:text.verifiedAProvider'),
  'block.add': text('audit:text.blockedContent'),
  'block.lift': text('audit:text.liftedABlock'),
  'flag.set': text('audit:text.switchedAFeature'),
  'announcement.set': text('audit:text.announcedSomething'),
  'announcement.remove': text('audit:text.removedTheAnnouncement'),
  'account.export': text('audit:text.askedForA'),
  'notice.record': text('audit:text.recordedATakedown'),
  'notice.complete': text('audit:text.completedATakedown'),
  'notice.decide': text('audit:text.decidedOnA'),
  'notice.counter': text('audit:text.objectedToA'),
  'notice.extend': text('audit:text.extendedTheClock'),
  'notice.read': text('audit:text.lookedAtTakedown'),
  'notice.export': text('audit:text.exportedTakedownNotices'),
  'strike.give': text('audit:text.gaveAnAccountA'),
  'strike.withdraw': text('audit:text.withdrewAStrike'),
  'strike.suspend': text('audit:text.turnedOffNew'),
  'strike.read': text('audit:text.lookedAtThe'),
  'bulk.start': text('audit:text.startedAnAct'),
  'bulk.stop': text('audit:text.stoppedAnAct'),
  'bulk.read': text('audit:text.lookedAtTheResults'),
  'job.list': text('audit:text.listedTheDownloads'),
  'job.export': text('audit:text.exportedTheDownloads'),
  'job.read': text('audit:text.lookedAtA'),
  'job.cancel': text('audit:text.cancelledADownload'),
  'job.pause': text('audit:text.pausedADownload'),
  'job.resume': text('audit:text.resumedADownload'),
  'job.retry': text('audit:text.retriedADownload'),
  'job.delete': text('audit:text.deletedADownload'),
  'job.change_provider': text('audit:text.movedADownload'),
  'share.read': text('audit:text.lookedAtTheShares'),
  'share.revoke': text('audit:text.revokedAShare'),
  'storage.accept': text('audit:text.acceptedStorageAs'),
  'storage.clean_up': text('audit:text.cleanedUpStorage'),
  'storage.restore': text('audit:text.restoredABackup'),
  'storage.check_start': text('audit:text.hadStoredFiles'),
  'storage.check_stop': text('audit:text.stoppedReadingStored'),
  'storage.check_plan': text('audit:text.changedTheSchedule'),
  'storage.check_end': text('audit:text.readStoredFiles'),
  'storage.cleanup_start': text('audit:text.lookedForWhat'),
  'storage.cleanup_confirm': text('audit:text.confirmedAClean'),
  'storage.cleanup_stop': text('audit:text.stoppedAClean'),
  'storage.cleanup_end': text('audit:text.cleanedUpStorage'),
};

/** The areas to filter by. */
export const areas: readonly { value: string; label: string }[] = [
  { value: 'user', label: text('audit:text.accounts') },
  { value: 'passkey', label: text('audit:text.passkeys') },
  { value: 'invitation', label: text('audit:text.invitations') },
  { value: 'registration', label: text('audit:text.registration') },
  { value: 'plan', label: text('audit:text.plans') },
  { value: 'agent', label: text('audit:text.agents') },
  { value: 'provider', label: text('audit:text.providers') },
  { value: 'job', label: text('audit:text.downloads') },
  { value: 'bulk', label: text('audit:text.actsOnMany') },
  { value: 'block', label: text('audit:text.blockedContent') },
  { value: 'flag', label: text('audit:text.features') },
  { value: 'announcement', label: text('audit:text.announcements') },
  { value: 'notice', label: text('audit:text.takedownNotices') },
  { value: 'share', label: text('audit:text.shares') },
  { value: 'strike', label: text('audit:text.strikes') },
  { value: 'storage', label: text('audit:text.storage') },
  { value: 'installation', label: text('audit:text.installation') },
];

/** The kinds of mails. */
const mailTexts: Readonly<Record<string, string>> = {
  verify_email: text('audit:text.addressVerification'),
  reset_password: text('audit:text.passwordReset'),
  confirm_email: text('audit:text.confirmationOfA'),
  invitation: text('audit:text.invitation'),
  address_in_use: text('audit:text.addressAlreadyIn'),
  password_changed: text('audit:text.passwordChanged'),
  factors_reset: text('audit:text.secondFactorReset'),
  email_changed: text('audit:text.addressChangedTo'),
  email_is_new: text('audit:text.addressChangedToThe'),
  codes_failed: text('audit:text.wrongSignIn'),
  new_device: text('audit:text.signInFrom'),
  totp_on: text('audit:text.twoStepSign'),
  totp_off: text('audit:text.twoStepSignIn'),
  passkey_added: text('audit:text.passkeyAdded'),
  passkey_removed: text('audit:text.passkeyRemoved'),
  api_token_made: text('audit:text.apiTokenCreated'),
  account_deleted: text('audit:text.accountDeleted'),
  jobs_deleted: text('audit:text.downloadsDeletedBy'),
  content_blocked: text('audit:text.downloadBlockedBy'),
  content_restored: text('audit:text.downloadAvailableAgain'),
  notice_rejected: text('audit:text.takedownNoticeRejected'),
  counter_notice: text('audit:text.counterNoticeTo'),
  counter_due: text('audit:text.counterNoticeAbout'),
  submits_suspended: text('audit:text.newDownloadsTurned'),
  account_disabled: text('audit:text.accountDisabledFor'),
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
  if (actorKind === 'console') return text('audit:text.someoneAtThe');
  return `${actorKind === 'agent' ? text('audit:text.aRemovedAgent') : text('audit:text.aDeletedAccount')}${actorId ? ` (${shortId(actorId)})` : ''}`;
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
  if (key === 'url' || key === 'rateLimit') return key === 'url' ? 'URL' : text('audit:text.speedLimit');
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
