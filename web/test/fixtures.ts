import type { Agent, AgentHour, AgentTransfer, ApiToken, Job, JobAction, JobEvent, JobFile, JobState, LedgerLine, LinkInfo, Me, Passkey, Progress, Reason, Session, Usage } from '@/api/model';

const actionsOf: Record<JobState, JobAction[]> = {
  queued: ['pause', 'cancel', 'delete'],
  resolving: ['pause', 'cancel', 'delete'],
  awaiting_selection: ['select', 'pause', 'cancel', 'delete'],
  downloading: ['pause', 'cancel', 'delete'],
  storing: ['cancel', 'delete'],
  ready: ['delete'],
  paused: ['resume', 'cancel', 'delete'],
  needs_attention: ['retry', 'cancel', 'delete'],
  failed: ['retry', 'delete'],
  cancelled: ['retry', 'delete'],
  expired: ['delete'],
};

const reasonOf: Record<JobState, Reason['code']> = {
  queued: 'waits_for_slot',
  resolving: 'looks_up_files',
  awaiting_selection: 'choose_files',
  downloading: 'downloading',
  storing: 'completing',
  ready: 'ready',
  paused: 'paused',
  needs_attention: 'source_failing',
  failed: 'not_found_at_source',
  cancelled: 'cancelled',
  expired: 'expired',
};

let serial = 0;

/** Returns a new id in the form of a UUID. */
export function newId(): string {
  serial += 1;
  return `00000000-0000-7000-8000-${serial.toString().padStart(12, '0')}`;
}

/** Returns the instant this many seconds from now (negative: ago). */
export function moment(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** Makes a reason. Its text is what the app shows only for codes it doesn't know. */
export function because(code: Reason['code'], params: Reason['params'] = {}): Reason {
  return { code, params, text: `The server's words for ${code}.` };
}

/** Makes a job. By default it is a small torrent that is ready. */
export function makeJob(given: Partial<Job> = {}): Job {
  const state = given.state ?? 'ready';
  return {
    id: newId(),
    name: 'debian-13.1.0-amd64-netinst.iso',
    sourceKind: 'magnet',
    origin: '',
    infoHash: 'c9e15763f722f23e98a29decdfae341b98d53056',
    size: 703_594_496,
    fileCount: 1,
    state,
    stateSince: moment(-600),
    reason: because(reasonOf[state]),
    nextAction: '',
    deadline: null,
    attempt: 1,
    maxAttempts: 3,
    problem: '',
    blocked: false,
    provider: 'agent',
    actions: actionsOf[state],
    movableTo: [],
    labels: [],
    createdAt: moment(-3600),
    updatedAt: moment(-600),
    finishedAt: state === 'ready' ? moment(-600) : null,
    progress: null,
    ...given,
  };
}

/** Makes the progress of a job that downloads fast. */
export function makeProgress(jobId: string, given: Partial<Progress> = {}): Progress {
  return {
    jobId,
    phase: 'downloading',
    bytesTotal: 4_000_000_000,
    bytesDone: 1_720_000_000,
    bytesStored: 1_560_000_000,
    downRate: 24_300_000,
    upRate: 310_000,
    peers: 38,
    seeders: 21,
    etaSeconds: 94,
    waiting: null,
    givesUpAt: null,
    updatedAt: moment(0),
    ...given,
  };
}

/** Makes a file of a job. */
export function makeFile(index: number, path: string, given: Partial<JobFile> = {}): JobFile {
  return { id: newId(), index, path, size: 52_428_800, contentType: '', state: 'stored', blocked: false, available: (given.state ?? 'stored') === 'stored', previewable: false, ...given };
}

/** Makes an entry of a timeline. */
export function makeEvent(given: Partial<JobEvent>): JobEvent {
  serial += 1;
  const state = given.state ?? 'queued';
  return { id: serial, kind: 'state', state, problem: '', reason: because(reasonOf[state]), at: moment(-3600), ...given };
}

/** Makes a week of an agent's heartbeats, with a night in which it was away. */
export function makeAgentHours(): AgentHour[] {
  const last = Math.floor(Date.parse(moment(0)) / 3_600_000) * 3_600_000;
  return Array.from({ length: 168 }, (_, at) => {
    const away = at > 96 && at < 103;
    return { hour: new Date(last - (167 - at) * 3_600_000).toISOString(), online: away ? 0 : at === 96 ? 0.4 : at === 103 ? 0.97 : 1, mostRunning: away ? 0 : 2 + (at % 6), rate: away ? 0 : 9_000_000 + (at % 11) * 2_000_000 };
  });
}

/** Makes a transfer that runs on an agent. */
export function makeAgentTransfer(given: Partial<AgentTransfer> = {}): AgentTransfer {
  return {
    jobId: newId(), name: 'Sintel.2010.2160p', owner: 'grace@example.org', state: 'downloading', kind: 'download', startedAt: moment(-400),
    bytesTotal: 4_900_000_000, bytesDone: 2_200_000_000, bytesStored: 2_000_000_000, downRate: 24_000_000, ...given,
  };
}

/** Makes a healthy agent. */
export function makeAgent(given: Partial<Agent> = {}): Agent {
  return {
    id: newId(),
    name: 'barge-1',
    url: 'http://10.0.4.11:7300',
    state: 'active',
    alive: true,
    capacity: 8,
    running: 3,
    diskFree: 812_000_000_000,
    diskTotal: 1_000_000_000_000,
    version: '0.1.0',
    outdated: false,
    rateLimit: 0,
    pool: '',
    left: { jobs: 3, bytes: 5_400_000_000 },
    lastSeenAt: moment(-6),
    lostAt: null,
    createdAt: moment(-864_000),
    ...given,
  };
}

/** Makes a session. */
export function makeSession(given: Partial<Session> = {}): Session {
  return {
    id: newId(),
    current: false,
    ip: '192.0.2.17',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    createdAt: moment(-172_800),
    lastSeenAt: moment(-3_000),
    expiresAt: moment(2_000_000),
    ...given,
  };
}

/** Makes a person. */
export function makeMe(given: Partial<Me> = {}): Me {
  return { id: newId(), email: 'ada@example.org', role: 'admin', secondFactor: false, passkey: false, secondFactorRequired: false, featuresOff: [], createdAt: moment(-864_000), ...given };
}

/** Makes a passkey's description. */
export function makePasskey(given: Partial<Passkey> = {}): Passkey {
  return {
    id: newId(),
    name: 'Phone',
    host: 'localhost',
    usable: true,
    synced: false,
    createdAt: moment(-864_000),
    lastUsedAt: moment(-5_000),
    ...given,
  };
}

/** Makes a download link's description. */
export function makeLinkInfo(given: Partial<LinkInfo> = {}): LinkInfo {
  return {
    id: newId(),
    jobId: newId(),
    fileId: newId(),
    name: 'Tears of Steel/Tears.of.Steel.2012.webm',
    inline: false,
    createdAt: moment(-5_000),
    expiresAt: moment(81_400),
    usedAt: null,
    ...given,
  };
}

/** Makes an API token's description. */
export function makeToken(given: Partial<ApiToken> = {}): ApiToken {
  return {
    id: newId(),
    name: 'laptop',
    hint: 'lh_Zk3q',
    scopes: ['jobs:read', 'jobs:write'], device: false,
    createdAt: moment(-864_000),
    expiresAt: moment(6_912_000),
    lastUsedAt: moment(-5_000),
    lastUsedIp: '192.0.2.17',
    ...given,
  };
}

const gib = 1024 ** 3;

/** Returns the start of the next month, in UTC as plans count. */
function nextMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
}

/** Makes the usage of an account that is active every other day. */
export function makeUsage(given: Partial<Usage> = {}): Usage {
  return {
    plan: {
      id: 'free', name: 'Free', default: true, public: true, position: 1, maxRunningJobs: 2, storageBytes: 20 * gib,
      bandwidthBytes: 100 * gib, maxJobBytes: 10 * gib, maxFiles: 10_000, retentionDays: 30, rateLimit: null,
    },
    override: null,
    storage: { used: 12 * gib, reserved: 3 * gib, limit: 20 * gib },
    bandwidth: { used: 41 * gib, limit: 100 * gib, since: moment(-1_000_000), resetsAt: nextMonth() },
    jobs: { running: 1, limit: 2, total: 38 },
    days: Array.from({ length: 30 }, (_, at) => ({
      day: moment((at - 29) * 86_400).slice(0, 10), bandwidth: at % 2 === 0 ? 0 : (at * gib) / 7, storage: (at * gib) / 3, stored: gib, jobs: at % 3,
    })),
    ...given,
  };
}

/** Makes a line of the ledger. */
export function makeLedgerLine(given: Partial<LedgerLine> = {}): LedgerLine {
  serial += 1;
  return {
    id: serial, kind: 'settle', jobId: newId(), jobName: 'Tears of Steel', usedDelta: 2 * gib, usedAfter: 12 * gib, reservedDelta: -2 * gib,
    reservedAfter: 0, at: moment(-3_600), ...given,
  };
}
