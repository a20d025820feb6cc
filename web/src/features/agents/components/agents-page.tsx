import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Agent } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
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
  remove: (name) => `${name} is removed.`,
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
    onError: (failure, { act }) => {
      // A dialog shows its own.
      if (act === 'uncordon') toastFailed('The agent could not be changed', failure);
    },
  });
  const start = (agent: Agent, act: AgentAct) => {
    if (act === 'uncordon') changing.mutate({ agent, act });
    else setAsked({ agent, act });
  };
  const close = () => {
    changing.reset();
    setAsked(undefined);
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
      <AgentConfirm asked={asked} busy={changing.isPending} error={changing.error} onConfirm={changing.mutate} onClose={close} />
    </Page>
  );
}

interface AgentConfirmProps {
  asked: Asked | undefined;
  busy: boolean;
  error: Error | null;
  onConfirm: (asked: Asked) => void;
  onClose: () => void;
}

const questions: Record<Exclude<AgentAct, 'uncordon'>, { label: string; text: string; danger: boolean }> = {
  cordon: { label: 'Cordon', danger: false, text: 'It takes no new work. What it is downloading goes on until it ends.' },
  drain: {
    label: 'Drain',
    danger: true,
    text: 'It takes no new work. Downloads that end soon are finished; the others move to another agent with what is stored.',
  },
  remove: {
    label: 'Remove',
    danger: true,
    text: 'It leaves this list, and its credential is worthless: the program on its machine is refused from now on, so stop it there. To use the machine again, add it as a new agent.',
  },
};

function AgentConfirm({ asked, busy, error, onConfirm, onClose }: AgentConfirmProps) {
  const question = asked && asked.act !== 'uncordon' ? questions[asked.act] : undefined;
  return (
    <ConfirmDialog
      opened={question !== undefined}
      title={question ? `${question.label} the agent?` : ''}
      confirmLabel={question?.label ?? ''}
      typed={asked?.agent.name ?? ''}
      danger={question?.danger ?? false}
      busy={busy}
      onConfirm={() => asked && onConfirm(asked)}
      onClose={onClose}
    >
      <p>{question?.text}</p>
      <FormFault error={error} />
    </ConfirmDialog>
  );
}
