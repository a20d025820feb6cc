import type { ProblemCode } from '@/api/model';

import type { Entry, Facts } from './facts';
import { first, say } from './message';
import { always, patiently } from './steps';

/** What is behind a server that fails, by the API's word for it. */
const causes: Record<string, string> = {
  no_host: 'its name does not exist',
  lookup: 'its name could not be looked up',
  certificate: 'its certificate is not valid',
  timeout: 'it did not respond in time',
  silent: 'it stopped sending',
  slow: 'it sends too slowly to ever finish',
  broken: 'the connection broke',
  redirects: 'it redirects too often',
  redirect_loop: 'it redirects in a circle',
  bad_redirect: "it redirects to an address that can't be read",
  wrong_bytes: 'it sends the wrong data',
  not_http: "it doesn't answer as web servers do",
};

function causeOf(facts: Facts): string | undefined {
  const cause = facts.name('cause') ?? '';
  return Object.hasOwn(causes, cause) ? causes[cause] : undefined;
}

/** A fault that always reads the same. */
function fault(why: string, next: string, wait?: Entry['wait']): Entry {
  return { why: always(why), next: always(next), ...(wait && { wait }) };
}

const resumesElsewhere = always('Another agent continues with what is stored.');

/** What is wrong, and what the reader can do about it. */
export const problems: Record<ProblemCode, Entry> = {
  // the source
  malformed_magnet: fault('The magnet link is not valid.', 'Copy the whole link again.'),
  malformed_torrent: fault("The torrent's metadata is not valid.", 'Get the .torrent file or magnet link again.'),
  malformed_url: fault('The address is not valid.', 'Correct the address.'),
  source_too_large: {
    why: (facts) =>
      first(say`The source itself is ${facts.bytes('bytes')}; the limit is ${facts.bytes('limit')}.`, 'The magnet link, address or .torrent file is too large.'),
    next: always('Use a shorter link or a smaller .torrent file.'),
  },
  content_too_large: {
    why: (facts) =>
      first(
        say`It is ${facts.bytes('bytes')}; a download can have up to ${facts.bytes('limit')}.`,
        say`It is larger than the ${facts.bytes('limit')} that a download can have.`,
        say`It has ${facts.number('pieces')} pieces; the limit is ${facts.number('maxPieces')}.`,
        'It is larger than a download can be.',
      ),
    next: always('Choose fewer files.'),
  },
  too_many_files: {
    why: (facts) => first(say`It has more than ${facts.some('limit', 'file', 'files')}.`, 'It has too many files.'),
    next: always('Look for a packed version.'),
  },
  unsupported_torrent: fault("This kind of torrent isn't supported.", 'Look for a v1 torrent of the same content.'),
  unsafe_path: fault("It contains a file whose name isn't safe to use.", 'Be careful with this source and look for another one.'),
  no_files: fault('It contains no files.', 'Check the source.'),
  blocked_address: fault("The address leads to a network that can't be opened from here.", 'Use a public address.'),
  blocked_content: fault('This content is blocked here.', 'Ask your admin if you think that is wrong.'),
  not_found_at_source: {
    why: (facts) => first(say`The server has no such file (HTTP ${facts.code('status')}).`, 'The server has no such file.'),
    next: always('Look for a newer address.'),
  },
  refused_by_source: {
    why: (facts) => first(say`The server refuses to send the file (HTTP ${facts.code('status')}).`, 'The server refuses to send the file.'),
    next: always('Get a fresh address; this one may have expired or need a sign-in.'),
  },
  not_a_file: fault('The address leads to a web page, not to a file.', 'Open it in your browser and copy the address of the download itself, or keep the page.'),
  source_failing: {
    why: (facts) =>
      first(
        say`The server can't send the file right now (HTTP ${facts.code('status')}).`,
        say`The server can't send the file right now: ${causeOf(facts)}.`,
        "The server can't send the file right now.",
      ),
    next: always('Retry it later.'),
  },
  length_mismatch: {
    why: (facts) => first(say`${facts.bytes('bytes')} arrived instead of ${facts.bytes('limit')}.`, 'More or less arrived than the server announced.'),
    next: always('Retry it; if that fails again, the source is broken.'),
  },
  source_changed: fault('The file changed while it was downloading.', 'Retry it to get the new version.'),
  no_peers: {
    why: (facts) => first(say`No peers for ${facts.duration('seconds')}.`, 'No peers were found.'),
    next: always('Retry it another day, or look for a torrent with more seeds.'),
  },
  metadata_timeout: {
    why: (facts) => first(say`No peer sent the file list within ${facts.duration('seconds')}.`, 'No peer sent the file list in time.'),
    next: always('Retry it later, or add the .torrent file instead.'),
  },
  stalled: {
    why: (facts) => first(say`Nothing has arrived for ${facts.duration('seconds')}.`, 'Nothing has arrived for too long.'),
    next: always('Retry it later.'),
  },
  engine_crashed: fault('This source crashes the download engine.', 'Use another source.'),
  engine_hung: fault('The download engine hangs on this source.', 'Use another source.'),
  bad_selection: fault("Your choice doesn't fit the files.", 'Choose from the list of files.'),
  duplicate_job: fault('You already have a download of the same content.', 'Look for it in your list.'),

  // the machinery
  agent_lost: fault('The agent stopped responding.', 'Retry it.', resumesElsewhere),
  agent_unreachable: fault("The agent can't be reached.", 'Retry it.', always('Tries again within seconds.')),
  no_agent: {
    why: (facts) =>
      first(say`No agent of the pool ${facts.name('pool')} can take it right now.`, facts.number('online') === '0' ? 'No agent is online.' : 'No agent can take it right now.'),
    next: always('Retry it later.'),
    wait: patiently('Starts when an agent can take it'),
  },
  drained: fault('The agent is being taken out of service.', 'Retry it.', resumesElsewhere),
  sent_away: fault('An admin moved it to another agent.', 'Retry it.', resumesElsewhere),
  agent_in_use: fault('The agent is in use.', 'Drain it and wait until its downloads have moved.'),
  superseded: fault('A newer attempt took over.', 'Retry it.'),
  disk_full: fault(
    'The agent has no disk space left.', 'Retry it later, or ask your admin to free space.', patiently('Continues when an agent has disk space'),
  ),
  storage_failing: fault(
    "The storage isn't accepting data right now.", 'Retry it later, or tell your admin.', patiently('Continues when the storage works again'),
  ),
  wrong_content: {
    why: (facts) => first(say`What the agent ${facts.name('agent')} stored isn't the torrent's content.`, "What is in storage isn't what was checked, or isn't the torrent's content."),
    next: always('Retry it. If it was ready, delete it and add it again.'),
    wait: always('Fetches it again, on another agent if there is one.'),
  },
  file_lost: {
    why: (facts) => first(say`${facts.number('lost')} of ${facts.some('files', 'file', 'files')} are no longer in storage.`, 'This file is no longer in storage.'),
    next: always('Delete it and add it again to fetch what is missing.'),
  },
  selection_expired: fault("You didn't choose the files in time.", 'Retry it and choose the files.'),
  gave_up: fault('It needed your attention and got none in time.', 'You can retry or delete it.'),
  ended_by_operator: fault('An operator ended it.', 'Retry it to continue with what is stored.'),
  wrong_state: fault("That isn't possible right now.", 'Reload the page to see where it stands.'),
  idempotency_key_reused: fault('This was already used for another request.', 'Reload the page and try again.'),

  // Seedr
  seedr_auth: fault(
    "Longhaul can't sign in to Seedr.",
    'An admin has to check the Seedr credentials.',
    patiently('Starts when an admin has corrected the Seedr credentials'),
  ),
  seedr_plan: fault(
    "The plan of the Seedr account doesn't include this.",
    'An admin has to change the plan of the Seedr account.',
    patiently('Starts when the plan of the Seedr account includes it'),
  ),
  seedr_full: {
    why: (facts) =>
      first(
        say`Seedr is full: it needs ${facts.bytes('need')}, ${facts.bytes('free')} free.`,
        say`Seedr is full: ${facts.bytes('free')} free.`,
        'Seedr is full.',
      ),
    next: always('Retry it later, or ask your admin to free space on Seedr.'),
    wait: patiently('Starts when Seedr has room'),
  },
  seedr_too_small: {
    why: (facts) => first(say`It needs ${facts.bytes('need')}; the whole Seedr account has ${facts.bytes('size')}.`, 'It is larger than the whole Seedr account.'),
    next: always('Ask your admin to move it to the agents.'),
  },
  seedr_slots: {
    why: (facts) => first(say`${facts.number('taken')} of ${facts.some('slots', 'Seedr slot', 'Seedr slots')} in use.`, 'All Seedr slots are in use.'),
    next: always('Retry it later.'),
    wait: patiently('Starts when a Seedr slot is free'),
  },
  seedr_duplicate: fault("Seedr says it already has this, but it can't be found there.", "An admin has to remove it on Seedr's site."),
  seedr_rejected: fault("Seedr can't use this source.", 'Ask your admin to move it to the agents.'),
  seedr_limited: fault('Seedr asked us to slow down.', 'Retry it later.', patiently('Starts when Seedr accepts requests again')),
  seedr_gone: fault('It is no longer on Seedr.', 'Retry it; Seedr then downloads it again.'),
  seedr_failing: {
    why: (facts) => first(say`Seedr hasn't responded ${facts.since()}.`, "Seedr isn't responding properly."),
    next: always('Retry it later.'),
    wait: patiently('Starts when Seedr responds again'),
  },

  // accounts
  reauthentication_required: fault("This needs you to confirm it's you.", 'Confirm with your password, a code or a passkey.'),
  second_factor_required: fault('Admins need two-factor sign-in here.', 'Set it up in your settings.'),
  scope_missing: fault("The API token can't do this.", 'Use a token with the right permission, or sign in.'),
  email_not_verified: fault("Your email address isn't verified yet.", 'Use the link in the mail, or ask for a new one.'),
  link_not_valid: fault('The link has expired or was already used.', 'Ask for a new link.'),
  sign_in_expired: fault('The sign-in took too long or failed too often.', 'Sign in again.'),
  wrong_code: fault('The code is wrong.', "Wait for the next code, and check your phone's clock."),
  passkey_refused: fault('The passkey was not accepted.', 'Use another passkey, or your password.'),
  passkey_copied: fault('The passkey looks like a copy.', 'Sign in another way and replace it.'),
  passkey_expired: fault('The request for a passkey has expired.', 'Try again.'),
  passkeys_off: fault("Passkeys don't work at this address.", 'An admin has to serve Longhaul over https.'),
  last_admin: fault('That would leave no admin.', 'Invite another admin first.'),
  registration_closed: fault('Registration is closed.', 'Ask your admin for an invitation.'),
  bot_check_failed: fault('The bot check failed.', 'Reload the page and try again.'),
  bot_check_unavailable: fault('The bot check is unavailable.', 'Try again later.'),
  feature_off: fault('An admin switched this off.', 'Ask your admin.'),
  mail_off: fault('This server sends no mail.', 'An admin has to set up mail.'),

  // limits
  quota_exceeded: {
    why: (facts) =>
      first(
        say`It needs ${facts.bytes('need')}; the ${facts.name('plan')} plan allows ${facts.bytes('limit')} per download.`,
        say`It needs ${facts.bytes('need')}; the ${facts.name('plan')} plan has ${facts.bytes('total')} of storage in all.`,
        say`It needs ${facts.bytes('need')}; you have room for ${facts.bytes('free')}.`,
        say`It has ${facts.some('files', 'file', 'files')}; the plan ${facts.name('plan')} allows ${facts.number('maxFiles')} in total, and you have ${facts.number('kept')} already.`,
        'It is larger than your plan allows.',
      ),
    next: always('Choose fewer files, free storage, or ask for another plan.'),
  },
  storage_full: {
    why: (facts) => first(say`Not enough storage: it needs ${facts.bytes('need')}, you have ${facts.bytes('free')} left.`, 'Your storage is full.'),
    next: always('Delete something, or wait for another download to end.'),
    wait: always('Starts when there is room: delete something, or wait for another download to end.'),
  },
  too_many_strikes: fault('New downloads are off: your account has too many strikes.', 'Object to the notices, wait until a strike expires, or ask your admin.'),
  bandwidth_exceeded: fault('Your bandwidth for this month is used up.', 'Wait for next month, or ask for another plan.'),
};
