import type { ProblemCode, ReasonCode } from '@/api/model';

import type { Entry, Facts } from './facts';
import { first, say } from './message';
import { always, keepsLookingForPeers, keepsTrying, keepsWaitingForPeers, whenAllIsStored, whenSlotIsFree } from './steps';

/** The codes that are no problem. */
export type OwnCode = Exclude<ReasonCode, ProblemCode>;

function metadata(facts: Facts): string {
  const since = facts.since() ?? 'yet';
  return first(
    say`${facts.above('peers')} of ${facts.some('seen', 'peer', 'peers')} found connected, but none has sent the file list ${since}.`,
    say`${facts.some('peers', 'peer', 'peers')} connected, but none has sent the file list ${since}.`,
    say`${facts.some('seen', 'peer', 'peers')} found, but none has responded ${since}.`,
    `No peers found ${since}.`,
  );
}

function noBytes(facts: Facts): string {
  const nothing = `nothing has arrived ${facts.since() ?? 'for a while'}`;
  const peers = facts.some('peers', 'peer', 'peers');
  const seeds = facts.some('seeders', 'seed', 'seeds');
  return first(
    say`${peers} connected (${seeds}), but ${nothing}.`,
    say`${peers} connected, none of them a seed; ${nothing}.`,
    say`No peers ${facts.since()}.`,
    'No peers right now.',
  );
}

/** Why a download is where it is, or what a transfer waits for. */
export const own: Record<OwnCode, Entry> = {
  // in the queue
  accepted: { why: always('Added; waiting for a free slot.'), next: whenSlotIsFree },
  waits_for_slot: { why: always('Waiting for a free slot.'), next: whenSlotIsFree },
  waits_for_user_slot: {
    why: (facts) => first(say`${facts.number('running')} of your ${facts.some('limit', 'slot', 'slots')} in use.`, 'All your slots are in use.'),
    next: always('Starts when one of your downloads ends.'),
  },
  waits_for_agent_slot: { why: always('All agents are busy.'), next: always('Starts when an agent has a free slot.') },
  waits_for_pool: {
    why: (facts) => first(say`No agent of the pool ${facts.name('pool')} ${facts.number('online') === '0' ? 'is online' : 'has a free slot'}.`, 'No agent is free for your plan.'),
    next: always('Starts when an agent for it has a free slot.'),
  },
  has_slot: { why: always('It has a slot and is about to start.'), next: always('Starts within seconds.') },
  files_chosen: {
    why: (facts) => first(say`You chose ${facts.number('chosen')} of ${facts.some('files', 'file', 'files')}.`, 'You chose the files.'),
    next: whenSlotIsFree,
  },
  rules_applied: {
    why: (facts) => first(say`Your rules choose ${facts.number('chosen')} of ${facts.some('files', 'file', 'files')}.`, 'Your rules choose the files.'),
    next: whenSlotIsFree,
  },
  rules_idle: {
    why: (facts) => first(say`Your rules would leave none of ${facts.some('files', 'file', 'files')}, so all are taken.`, 'Your rules would leave no file, so all are taken.'),
    next: whenSlotIsFree,
  },
  resumed: { why: always('It was resumed.'), next: whenSlotIsFree },
  retried: { why: always('It gets another try.'), next: whenSlotIsFree },
  gave_way: {
    why: always('It was slow while others waited, so it made room. It keeps what it has.'),
    next: always('Continues when a slot is free.'),
  },
  moved_by_admin: {
    why: (facts) => first(say`An admin moved it to ${facts.provider()}.`, 'An admin moved it to another provider.'),
    next: whenSlotIsFree,
  },
  moved_by_failover: {
    why: (facts) => first(say`It moves to ${facts.provider()}, which may do better.`, 'It moves to another provider, which may do better.'),
    next: whenSlotIsFree,
  },

  // running
  looks_up_files: {
    why: (facts) => first(say`Agent ${facts.name('agent')} is looking up the files.`, 'An agent is looking up the files.'),
    next: always('Continues when the files are known.'),
  },
  seedr_looks_up_files: {
    why: always('Seedr is downloading it to find out which files it has.'),
    next: always('Continues when Seedr has all of it.'),
  },
  files_known: {
    why: (facts) => first(say`It has ${facts.some('files', 'file', 'files')}.`, 'The files are known.'),
    next: always('Continues right away.'),
  },
  downloading: {
    why: (facts) => first(say`Agent ${facts.name('agent')} is downloading it.`, 'An agent is downloading it.'),
    next: whenAllIsStored,
  },
  seedr_downloading: { why: always('Seedr is downloading it.'), next: always('It is copied to storage when Seedr has all of it.') },
  copying_from_seedr: { why: always('Seedr has all of it; it is being copied to storage.'), next: whenAllIsStored },
  completing: { why: always('Everything is stored; the files are being checked.'), next: always('You can open the files after the check.') },

  // waiting for a person, or over
  choose_files: {
    why: always('The files are known.'),
    next: (facts) =>
      first(say`Choose what to download by ${facts.deadline}; after that it fails.`, 'Choose what to download; without a choice it fails in the end.'),
  },
  paused: { why: always('It is paused.'), next: always('Nothing happens until you resume or cancel it.') },
  cancel_requested: { why: always('It is being cancelled.'), next: always('It stops within seconds.') },
  pause_requested: { why: always('It is being paused.'), next: always('It stops within seconds, or as soon as the server is ready for it.') },
  resume_requested: { why: always('It is being resumed.'), next: always('It continues within seconds, or as soon as the server is ready for it.') },
  move_requested: {
    why: (facts) => first(say`An admin is moving it to ${facts.provider()}.`, 'An admin is moving it to another provider.'),
    next: always('It moves within seconds, or as soon as the server is ready for it.'),
  },
  act_refused: {
    why: (facts) => first(say`It could no longer be ${facts.done()}.`, 'What it was asked for came too late.'),
    next: always('You can ask again later.'),
  },
  admin_acted: {
    why: (facts) => first(say`It was ${facts.done()} by an admin: “${facts.name('note')}”`, say`It was ${facts.done()} by an admin.`, 'An admin acted on it.'),
    next: always('You can act on it as its state allows.'),
  },
  cancelled: { why: always('It was cancelled.'), next: always('You can retry or delete it.') },
  ready: {
    why: always('Every file is stored.'),
    next: (facts) => first(say`Your plan keeps the files until ${facts.deadline}; download them before then.`, 'It stays until you delete it.'),
  },
  expired: { why: always('Your plan kept it for a limited time, so its files were removed.'), next: always('Add it again if you still want it.') },
  file_blocked: {
    why: (facts) => first(say`The file “${facts.name('path')}” is blocked here.`, 'One of its files is blocked here.'),
    next: always('The other files stay available. Ask your admin if you think that is wrong.'),
  },
  trashed: { why: always('It was moved to the trash.'), next: always('You can restore it from the trash.') },
  restored: { why: always('It was restored from the trash.'), next: always('You can act on it as its state allows.') },
  file_trashed: {
    why: (facts) => first(say`The file “${facts.name('path')}” was moved to the trash.`, 'One of its files was moved to the trash.'),
    next: always('You can restore it from the trash.'),
  },
  file_restored: {
    why: (facts) => first(say`The file “${facts.name('path')}” was restored from the trash.`, 'One of its files was restored from the trash.'),
    next: always('You can open and download it again.'),
  },
  file_deleted: {
    why: (facts) => first(say`The file “${facts.name('path')}” was deleted.`, 'One of its files was deleted.'),
    next: always('The other files stay available.'),
  },
  unblocked: { why: always('It is no longer blocked.'), next: always('You can act on it as its state allows.') },
  trackers_unused: {
    why: (facts) =>
      facts.above('left') === undefined
        ? first(say`None of its trackers can be used: ${facts.name('what')}.`, "None of its trackers can be used.")
        : first(say`Some of its trackers can't be used: ${facts.name('what')}.`, "Some of its trackers can't be used."),
    next: (facts) => (facts.above('left') === undefined ? 'Peers are looked for without trackers.' : 'Its other trackers are used.'),
  },
  servers_unused: {
    why: (facts) => first(say`Some servers that it names can't be used: ${facts.name('what')}.`, "Some servers that it names can't be used."),
    next: always('The content comes from peers and its other servers.'),
  },
  names_guessed: {
    why: (facts) =>
      first(say`Its file names don't say how they are encoded; they are read as ${facts.name('encoding')}.`, "Its file names don't say how they are encoded."),
    next: always('If the names look wrong, look for a version of the torrent with Unicode names.'),
  },
  names_replaced: {
    why: (facts) => first(say`${facts.some('files', 'file', 'files')} had no usable name and got a new one.`, 'Some files had no usable name and got a new one.'),
    next: always('The content is not affected.'),
  },
  deleted: { why: always('It was deleted.'), next: always('Its files are being removed.') },

  // no bytes come
  waits_for_metadata: { why: metadata, next: keepsLookingForPeers },
  waits_for_peers: { why: noBytes, next: keepsWaitingForPeers },
  waits_for_disk: {
    why: always("The agent's disk is full until finished parts are stored."),
    next: always('Continues as parts are stored.'),
  },
  waits_for_control_plane: {
    why: always("The agent can't reach Longhaul; it keeps what it has."),
    next: always('Continues when the connection is back.'),
  },
  waits_for_agent: {
    why: (facts) =>
      first(say`Agent ${facts.name('agent')} isn't responding, and there is no other.`, "The agent isn't responding, and there is no other."),
    next: always('Continues where it was when the agent is back, or on another agent as soon as there is one.'),
  },
  seedr_removes_earlier: { why: always('Seedr is still removing an earlier copy.'), next: always('Starts when that is done.') },
  seedr_looks_for_peers: { why: always('Seedr is looking for peers.'), next: keepsLookingForPeers },
  seedr_unconfirmed: { why: always("Seedr hasn't confirmed yet that it accepted it."), next: always('Checks again within a minute.') },
  seedr_idle: {
    why: (facts) => first(say`Nothing has arrived at Seedr ${facts.since()}.`, 'Nothing is arriving at Seedr.'),
    next: keepsTrying,
  },
  seedr_paused: {
    why: always('It is paused on Seedr.'),
    next: (facts) => first(say`Gives up ${facts.atDeadline} unless an admin resumes it on Seedr.`, 'Continues when an admin resumes it on Seedr.'),
  },
  seedr_places_files: {
    why: always('Seedr has all of it and is putting the files in place.'),
    next: always('After that it is copied to storage.'),
  },

  // faults without a problem of their own
  internal: { why: always('Something went wrong on our side.'), next: always('Retry it; if that fails again, tell your admin.') },
  unavailable: {
    why: always('Something it needs is unavailable right now.'),
    next: always('Retry it later.'),
  },
};
