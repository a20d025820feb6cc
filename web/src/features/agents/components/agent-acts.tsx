import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Agent } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { agentKeys, changeAgent, type AgentAct } from '../api';
import classes from './agents.module.css';

interface Asked {
  agent: Agent;
  act: AgentAct;
}

const doneTexts: Record<AgentAct, (name: string) => string> = {
  cordon: (name) => text('agents:agentActs.takesNoNew', { name }),
  uncordon: (name) => text('agents:agentActs.takesWorkAgain', { name }),
  drain: (name) => text('agents:agentActs.draining', { name }),
  remove: (name) => text('agents:agentActs.removed', { name }),
};

/** Reports whether to offer removal: the agent takes no work, or is silent. The server knows whether jobs run on it. */
function removable(agent: Agent): boolean {
  return agent.state !== 'active' || !agent.alive;
}

/** What an admin can do with an agent, and the dialog that asks first. */
export function useAgentActs(onRemoved?: () => void): { start: (agent: Agent, act: AgentAct) => void; dialog: ReactNode } {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const confirmed = useConfirmed();
  const changing = useMutation({
    mutationFn: ({ agent, act }: Asked) => confirmed(() => changeAgent(agent.id, act)),
    onSuccess: (_, { agent, act }) => {
      toastDone(doneTexts[act](agent.name));
      setAsked(undefined);
      if (act === 'remove') onRemoved?.();
      return client.invalidateQueries({ queryKey: agentKeys.all });
    },
    onError: (failure, { act }) => {
      // A dialog shows its own failure.
      if (act === 'uncordon') toastFailed(text('agents:agentActs.couldntChangeThe'), failure);
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
  return {
    start,
    dialog: <AgentConfirm asked={asked} busy={changing.isPending} error={changing.error} onConfirm={changing.mutate} onClose={close} />,
  };
}

/** The buttons of an agent. */
export function AgentButtons({ agent, onAct }: { agent: Agent; onAct: (agent: Agent, act: AgentAct) => void }) {
  const { t } = useTranslation('agents');
  const button = (act: AgentAct, label: string) => (
    <Button size="compact-sm" variant="default" onClick={() => onAct(agent, act)}>
      {label}
    </Button>
  );
  return (
    <div className={classes.buttons}>
      {agent.state === 'active' ? button('cordon', t('agentActs.cordon')) : button('uncordon', t('agentActs.uncordon'))}
      {agent.state !== 'draining' && button('drain', t('agentActs.drain'))}
      {removable(agent) && button('remove', t('agentActs.remove'))}
    </div>
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
  cordon: { label: text('agents:agentActs.cordon'), danger: false, text: text('agents:agentActs.itTakesNo') },
  drain: {
    label: text('agents:agentActs.drain'),
    danger: true,
    text: text('agents:agentActs.itTakesNoNew'),
  },
  remove: {
    label: text('agents:agentActs.remove'),
    danger: true,
    text: text('agents:agentActs.itLeavesThis'),
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
