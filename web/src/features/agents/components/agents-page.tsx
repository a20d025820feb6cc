import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Agent } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconPlus, IconServer2 } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';

import { agentKeys, agentsQuery, changeAgent, type AgentAct } from '../api';
import { AgentCard } from './agent-card';
import classes from './agents.module.css';
import { EnrolDialog } from './enrol-dialog';

interface Asked {
  agent: Agent;
  act: AgentAct;
}

const doneTexts: Record<AgentAct, (name: string) => string> = {
  cordon: (name) => `${name} takes no new work.`,
  uncordon: (name) => `${name} takes work again.`,
  drain: (name) => `${name} hands over its work.`,
};

/** The compute agents: how they are, and what is wanted of them. */
export function AgentsPage() {
  const client = useQueryClient();
  const { data: agents, error, isPending, refetch } = useQuery(agentsQuery());
  const [asked, setAsked] = useState<Asked>();
  const [enrolling, setEnrolling] = useState(false);
  const changing = useMutation({
    mutationFn: ({ agent, act }: Asked) => changeAgent(agent.id, act),
    onSuccess: (_, { agent, act }) => {
      toastDone(doneTexts[act](agent.name));
      setAsked(undefined);
      return client.invalidateQueries({ queryKey: agentKeys.all });
    },
    onError: (failure) => toastFailed('The agent could not be changed', failure),
  });
  const start = (agent: Agent, act: AgentAct) => {
    if (act === 'uncordon') changing.mutate({ agent, act });
    else setAsked({ agent, act });
  };
  const enrolButton = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setEnrolling(true)}>
      Add an agent
    </Button>
  );
  return (
    <Page title="Agents" intro="The machines that fetch and store downloads. Each reports every few seconds." actions={enrolButton}>
      {isPending && (
        <div className={classes.grid}>
          <Skeleton height={210} radius="lg" />
          <Skeleton height={210} radius="lg" />
        </div>
      )}
      {error && !agents && <ErrorNotice error={error} title="The agents could not be loaded" retry={() => void refetch()} />}
      {agents?.length === 0 && (
        <Notice icon={IconServer2} title="No agent yet" action={enrolButton}>
          Downloads wait until an agent is there. Add one on any machine with a disk and a network.
        </Notice>
      )}
      {agents && agents.length > 0 && (
        <ul className={classes.grid} aria-label="Agents">
          {agents.map((agent) => (
            <AgentCard key={agent.id} agent={agent} onAct={start} />
          ))}
        </ul>
      )}
      <EnrolDialog opened={enrolling} onClose={() => setEnrolling(false)} />
      <AgentConfirm asked={asked} busy={changing.isPending} onConfirm={changing.mutate} onClose={() => setAsked(undefined)} />
    </Page>
  );
}

interface AgentConfirmProps {
  asked: Asked | undefined;
  busy: boolean;
  onConfirm: (asked: Asked) => void;
  onClose: () => void;
}

function AgentConfirm({ asked, busy, onConfirm, onClose }: AgentConfirmProps) {
  const drain = asked?.act === 'drain';
  return (
    <ConfirmDialog
      opened={asked !== undefined}
      title={drain ? 'Drain the agent?' : 'Cordon the agent?'}
      confirmLabel={drain ? 'Drain' : 'Cordon'}
      typed={asked?.agent.name ?? ''}
      danger={drain}
      busy={busy}
      onConfirm={() => asked && onConfirm(asked)}
      onClose={onClose}
    >
      {drain ? (
        <p>It takes no new work. Downloads that end soon are finished; the others move to another agent with what is stored.</p>
      ) : (
        <p>It takes no new work. What it is downloading goes on until it ends.</p>
      )}
    </ConfirmDialog>
  );
}
