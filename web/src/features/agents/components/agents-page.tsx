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
import { useConfirmed } from '@/lib/confirmed';

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
  drain: (name) => `Draining ${name}.`,
  remove: (name) => `Removed ${name}.`,
};

/** The compute agents: their health and state, and the ways to change it. */
export function AgentsPage() {
  const client = useQueryClient();
  const { data: agents, error, isPending, refetch } = useQuery(agentsQuery());
  const [asked, setAsked] = useState<Asked>();
  const [enrolling, setEnrolling] = useState(false);
  const confirmed = useConfirmed();
  const changing = useMutation({
    mutationFn: ({ agent, act }: Asked) => confirmed(() => changeAgent(agent.id, act)),
    onSuccess: (_, { agent, act }) => {
      toastDone(doneTexts[act](agent.name));
      setAsked(undefined);
      return client.invalidateQueries({ queryKey: agentKeys.all });
    },
    onError: (failure, { act }) => {
      // A dialog shows its own failure.
      if (act === 'uncordon') toastFailed("Couldn't change the agent", failure);
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
    <Page title="Agents" intro="The machines that fetch downloads and put them in storage." actions={enrolButton}>
      {isPending && (
        <div className={classes.grid}>
          <Skeleton height={210} radius="lg" />
          <Skeleton height={210} radius="lg" />
        </div>
      )}
      {error && !agents && <ErrorNotice error={error} title="Couldn't load the agents" retry={() => void refetch()} />}
      {agents?.length === 0 && (
        <Notice icon={IconServer2} title="No agents yet" action={enrolButton}>
          Downloads wait until you add one. Any machine with a disk and a network will do.
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
  cordon: { label: 'Cordon', danger: false, text: 'It takes no new work. Downloads that run on it finish as usual.' },
  drain: {
    label: 'Drain',
    danger: true,
    text: 'It takes no new work. Downloads that are almost done finish; the others move to another agent and keep what is stored.',
  },
  remove: {
    label: 'Remove',
    danger: true,
    text: 'It leaves this list and its credential stops working, so stop the program on its machine. To use the machine again, add it as a new agent.',
  },
};

function AgentConfirm({ asked, busy, error, onConfirm, onClose }: AgentConfirmProps) {
  const question = asked && asked.act !== 'uncordon' ? questions[asked.act] : undefined;
  return (
    <ConfirmDialog
      opened={question !== undefined}
      title={question ? `${question.label} ${asked?.agent.name ?? ''}?` : ''}
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
