import { makeAuditEntry } from '@test/admin';
import { describe, expect, it } from 'vitest';

import { actionText, actorText, changesOf, targetText } from './text';

describe('what an act changed', () => {
  it('lists the values that changed, in units that people read', () => {
    expect(
      changesOf({
        before: { name: 'Free', storageBytes: 21_474_836_480, maxRunningJobs: 2, public: true, retentionDays: 30 },
        after: { name: 'Free', storageBytes: null, maxRunningJobs: 1200, public: false, retentionDays: 30 },
      }),
    ).toEqual([
      { name: 'Storage', from: '20.0 GiB', to: 'none' },
      { name: 'Max running downloads', from: '2', to: '1,200' },
      { name: 'Public', from: 'yes', to: 'no' },
    ]);
  });

  it('names a speed as people call it', () => {
    expect(changesOf({ before: { rateLimit: 0 }, after: { rateLimit: 2_621_440 } })).toEqual([{ name: 'Speed limit', from: 'none', to: '2.5 MiB/s' }]);
  });

  it('lists every value of something that was added or removed', () => {
    expect(changesOf({ before: null, after: { email: 'a@b.c', role: 'user' } })).toEqual([
      { name: 'Email', from: undefined, to: 'a@b.c' },
      { name: 'Role', from: undefined, to: 'user' },
    ]);
    expect(changesOf({ before: { name: 'attic' }, after: null })).toEqual([{ name: 'Name', from: 'attic', to: undefined }]);
    expect(changesOf({ before: null, after: null })).toEqual([]);
  });

  it('flattens nested values', () => {
    expect(changesOf({ before: { options: { failover: 'none', userChoice: false } }, after: { options: { failover: 'both', userChoice: false } } })).toEqual([
      { name: 'Options failover', from: 'none', to: 'both' },
    ]);
  });
});

describe('names in the audit log', () => {
  it('names the actor, with or without an account', () => {
    expect(actorText(makeAuditEntry(1))).toBe('ada@example.org');
    expect(actorText(makeAuditEntry(1, { actorName: '', actorId: null, actorKind: 'console' }))).toBe('Someone at the console');
    expect(actorText(makeAuditEntry(1, { actorName: '', actorId: '00000000-0000-7000-8000-0123456789ab' }))).toBe('a deleted account (…0123456789ab)');
  });

  it('names a deleted target by what the entry recorded of it', () => {
    const gone = { targetName: '', targetKind: 'agent', targetId: '00000000-0000-7000-8000-0123456789ab' };
    expect(targetText(makeAuditEntry(1, { ...gone, before: { name: 'attic' } }))).toBe('attic');
    expect(targetText(makeAuditEntry(1, gone))).toBe('agent …0123456789ab');
    expect(targetText(makeAuditEntry(1, { targetName: '', targetKind: 'plan', targetId: 'pro' }))).toBe('pro');
  });

  it('has words for an action that it does not know', () => {
    expect(actionText('user.set_role')).toBe("Changed an account's role");
    expect(actionText('passkey.was_added')).toBe('Passkey: was added');
  });
});
