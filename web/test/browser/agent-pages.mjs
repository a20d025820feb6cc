// The agents, one of them, and many.
import { go, still } from './steps.mjs';

const longName = 'the-one-in-the-cellar-beside-the-heating.of-the-northern-harbour.a-department-with-a-long-name.example.org';

function many({ world, fixtures }) {
  world.agents = Array.from({ length: 20 }, (_, at) => ({
    ...fixtures.makeAgent({ name: at === 3 ? longName.slice(0, 100) : `barge-${at + 1}`, url: `http://10.0.4.${at + 11}:7300`, running: at % 9 }),
    ...(at % 7 === 2 && { outdated: true, version: '0.0.9' }), ...(at % 5 === 1 && { pool: at === 1 ? 'a-pool-with-a-name-of-forty-characters-x' : 'fast' }), ...(at % 6 === 4 && { state: 'draining', left: { jobs: at === 4 ? 3 : 0, bytes: at === 4 ? 9e9 : 0 } }),
  }));
}

function busy({ world, fixtures }) {
  const agent = world.agents[1];
  world.agentTransfers.set(agent.id, [
    fixtures.makeAgentTransfer(),
    fixtures.makeAgentTransfer({ name: 'Cosmos Laundromat (2015) — 第一周期 · really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC-and-so-on', owner: 'operations-and-infrastructure@a-department-with-a-long-name.example.org', bytesDone: 4.8e9, bytesStored: 4.8e9 }),
    fixtures.makeAgentTransfer({ name: '', bytesTotal: -1, bytesDone: 0, bytesStored: 0, downRate: 0, state: 'resolving', kind: 'resolve' }),
  ]);
  return agent;
}

export const agentPages = [
  { name: 'agents', narrow: true, open: (page, stage) => go(page, stage, '/admin/agents', 'barge-2') },
  {
    name: 'agents-many', narrow: true,
    open: async (page, stage) => {
      many(stage);
      await go(page, stage, '/admin/agents', 'barge-20');
    },
  },
  {
    name: 'agent', narrow: true,
    open: async (page, stage) => {
      const agent = busy(stage);
      await go(page, stage, `/admin/agents/${agent.id}`, 'Cosmos');
      await page.getByText('silent for').waitFor();
    },
  },
  {
    name: 'agent-limit', narrow: true,
    open: async (page, stage) => {
      const agent = busy(stage);
      agent.rateLimit = 5 * 1024 ** 2;
      await go(page, stage, `/admin/agents/${agent.id}`, 'Cosmos');
      await page.getByRole('button', { name: 'Change speed limit' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'agent-pool', narrow: true,
    open: async (page, stage) => {
      const agent = busy(stage);
      agent.pool = 'northern-harbour';
      await go(page, stage, `/admin/agents/${agent.id}`, 'Pool: northern-harbour');
      await page.getByRole('button', { name: 'Change pool' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'agent-long-name', narrow: true,
    open: async (page, stage) => {
      many(stage);
      await go(page, stage, `/admin/agents/${stage.world.agents[3].id}`, 'No download runs here');
    },
  },
  {
    name: 'agents-enrol', narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/admin/agents', 'barge-2');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Add an agent' }).click();
      await page.getByLabel('Name').fill('cellar-3');
      await page.getByRole('button', { name: 'Create command' }).click();
      await page.getByText('AGENT_ENROLMENT_TOKEN').waitFor();
      await still(page);
    },
  },
  {
    name: 'agents-compose',
    open: async (page, stage) => {
      await go(page, stage, '/admin/agents', 'barge-2');
      stage.world.fresh = true;
      await page.getByRole('button', { name: 'Add an agent' }).click();
      await page.getByLabel('Name').fill('cellar-3');
      await page.getByRole('button', { name: 'Create command' }).click();
      await page.getByText('Docker Compose').click();
      await page.getByText('image: longhaul').waitFor();
      await still(page);
    },
  },
  {
    name: 'agents-drain',
    open: async (page, stage) => {
      await go(page, stage, '/admin/agents', 'barge-2');
      await page.getByRole('button', { name: 'Drain' }).first().click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
];
