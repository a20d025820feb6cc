import { makeAuditEntry, makeBlock, makeInvitation, makeMail, makeSecurityEvent, makeUser } from '../admin';
import { moment, newId } from '../fixtures';
import { makeRule } from '../flags';
import type { World } from '../world';
import { notices } from './notice-scene';

const gib = 1024 ** 3;
const longEmail = 'operations-and-infrastructure.of-the-northern-harbour@a-department-with-a-long-name.example.org';

/** Fills the admin pages with what is long, full and broken. */
export function peopleAndRecords(world: World): void {
  const { admin } = world;
  admin.users = [
    makeUser({ id: world.me?.id ?? newId(), email: 'ada@example.org', role: 'admin', secondFactor: true, plan: 'unlimited', planName: 'Unlimited', storageUsed: 412 * gib, storageLimit: null, jobs: 1_204, runningJobs: 7, lastSignInAt: moment(-900), createdAt: moment(-9_000_000) }),
    makeUser({ email: longEmail, role: 'admin', plan: 'pro', planName: 'Pro', storageUsed: 951 * gib, storageLimit: 1024 * gib, jobs: 310, runningJobs: 4, lastSignInAt: moment(-90_000), createdAt: moment(-8_000_000) }),
    makeUser({ email: 'grace@example.org', secondFactor: true, createdAt: moment(-900_000) }),
    makeUser({ email: 'full@example.org', storageUsed: 20.4 * gib, runningJobs: 0, createdAt: moment(-800_000) }),
    makeUser({ email: 'new@example.org', state: 'unverified', verified: false, lastSignInAt: null, storageUsed: 0, jobs: 0, runningJobs: 0, createdAt: moment(-400) }),
    makeUser({ email: 'gone@example.org', state: 'disabled', disabledAt: moment(-5_000), runningJobs: 0, storageUsed: 3 * gib, lastSignInAt: moment(-3_000_000), createdAt: moment(-4_000_000) }),
  ];
  admin.blocks = [
    makeBlock({ kind: 'file', value: newId(), name: 'Season 1/Pilot.mkv', jobs: 2, reason: 'Notice 9' }),
    makeBlock({ kind: 'url', value: 'cdn.a-host-with-a-very-long-name.example.org/files/2026/november/*.iso', jobs: 0, reason: 'The operator of the host asked us to stop fetching these images, since each of them is several gigabytes and their line is narrow.', by: longEmail, createdAt: moment(-90_000) }),
    makeBlock({ createdAt: moment(-400_000), by: '' }),
  ];
  admin.invitations = [makeInvitation(), makeInvitation({ email: longEmail, role: 'admin', createdAt: moment(-400_000), expiresAt: moment(200_000) })];
  admin.audit = [
    makeAuditEntry(1284, { at: moment(-40), action: 'user.disable', targetName: 'gone@example.org' }),
    makeAuditEntry(1283, { at: moment(-400), action: 'plan.change', targetKind: 'plan', targetId: 'pro', targetName: '', before: { name: 'Pro', storageBytes: 512 * gib, maxRunningJobs: 10, retentionDays: 90, public: true }, after: { name: 'Pro', storageBytes: 1024 * gib, maxRunningJobs: 10, retentionDays: null, public: true } }),
    makeAuditEntry(1282, { at: moment(-4_000), action: 'user.set_role', targetName: longEmail, before: { role: 'user' }, after: { role: 'admin' } }),
    makeAuditEntry(1281, { at: moment(-9_000), action: 'agent.enrol', actorKind: 'agent', actorName: 'barge-2', targetKind: 'agent', targetName: 'barge-2', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348', after: { name: 'barge-2', url: 'http://10.0.4.12:7300', capacity: 8 } }),
    makeAuditEntry(1280, { at: moment(-20_000), action: 'agent.remove', targetKind: 'agent', targetName: '', before: { name: 'attic', url: 'http://192.168.1.40:7300', state: 'draining', capacity: 4 } }),
    makeAuditEntry(1279, { at: moment(-90_000), action: 'provider.verify', targetKind: 'provider', targetId: 'seedr', targetName: '', actorName: longEmail, after: { ok: false, problem: 'seedr_failing' } }),
    makeAuditEntry(1278, { at: moment(-200_000), action: 'installation.set_up', actorName: '', actorId: newId(), targetKind: 'user', targetName: '', ip: '', after: { email: 'ada@example.org', role: 'admin' } }),
    ...Array.from({ length: 60 }, (_, at) => makeAuditEntry(1277 - at, { at: moment(-300_000 - at * 5_000), action: at % 2 === 0 ? 'agent.cordon' : 'agent.uncordon', targetKind: 'agent', targetName: 'barge-1', before: { name: 'barge-1', state: at % 2 === 0 ? 'active' : 'cordoned' }, after: { name: 'barge-1', state: at % 2 === 0 ? 'cordoned' : 'active' } })),
  ];
  notices(world);
  admin.check = { intact: true, entries: 1_284, headId: 1_284, headHash: '7f3c'.repeat(16), brokenId: 0, fault: '' };
  admin.events = [
    makeSecurityEvent(9, { at: moment(-20) }),
    makeSecurityEvent(8, { at: moment(-300), kind: 'cross_origin', userId: null, userEmail: '', detail: 'POST /api/v1/jobs', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348' }),
    makeSecurityEvent(7, { at: moment(-800), kind: 'login', userEmail: longEmail, detail: '' }),
    makeSecurityEvent(6, { at: moment(-8_000), kind: 'rate_limited', userId: null, userEmail: '', detail: 'POST /api/v1/auth/login', userAgent: 'curl/8.5.0' }),
  ];
  admin.mails = [
    makeMail({ to: 'typo@exmaple.invalid', kind: 'invitation', state: 'failed', attempts: 4, lastError: 'The mail provider answered 422: the domain of the address has no mail server.' }),
    makeMail({ to: longEmail, kind: 'new_device', state: 'queued', attempts: 2, lastError: 'The mail provider did not answer within 20 seconds.', endedAt: null }),
    makeMail({ kind: 'reset_password', state: 'queued', attempts: 0, endedAt: null, createdAt: moment(-3) }),
    makeMail(),
  ];
}

/** Switches some features, for everyone and for others. */
export function switchedFeatures({ features }: World): void {
  for (const flag of features.flags) {
    if (flag.feature === 'url_jobs') {
      flag.enabled = false;
      flag.rules = [
        makeRule({ reason: 'Fetched by bots since Tuesday; back on when the new limits are there.' }),
        makeRule({ plan: 'pro', planName: 'Pro', enabled: true, reason: 'Paying customers' }),
        makeRule({ userId: newId(), email: longEmail, by: longEmail }),
      ];
    }
    if (flag.feature === 'api_tokens') flag.rules = [makeRule({ plan: 'free', planName: 'Free' })];
  }
}

/** Makes many accounts. */
export function crowd(world: World, count: number): void {
  world.admin.users = Array.from({ length: count }, (_, at) =>
    makeUser({ email: `person-${count - at}@example.org`, createdAt: moment(-at * 60 - 10), storageUsed: ((at * 37) % 20) * gib, runningJobs: at % 3 }),
  );
}
