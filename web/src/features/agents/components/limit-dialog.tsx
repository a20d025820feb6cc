import { Button, Modal, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';

import type { Agent } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatRate } from '@/lib/format';

import { agentKeys, limitAgent } from '../api';
import classes from './agents.module.css';

const mib = 1024 ** 2;
const most = 1_000_000;

/** How fast an agent may fetch, and the way to change it. */
export function LimitRow({ agent }: { agent: Agent }) {
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.limit}>
      <span>Speed limit: {agent.rateLimit === 0 ? 'none' : formatRate(agent.rateLimit)}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Change speed limit
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Speed limit of ${agent.name}`}>
        <LimitForm agent={agent} onClose={() => setOpened(false)} />
      </Modal>
    </div>
  );
}

function LimitForm({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [value, setValue] = useState<number | string>(agent.rateLimit === 0 ? '' : agent.rateLimit / mib);
  const saving = useMutation({
    mutationFn: () => confirmed(() => limitAgent(agent.id, Math.round(Number(value) * mib))),
    onSuccess: (changed) => {
      toastDone(changed.rateLimit === 0 ? `${agent.name} has no speed limit.` : `${agent.name} fetches up to ${formatRate(changed.rateLimit)}.`);
      onClose();
      return client.invalidateQueries({ queryKey: agentKeys.all });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form noValidate className={classes.form} onSubmit={submit}>
      <FormFault error={saving.error} />
      <NumberInput
        label="MiB per second"
        description="All downloads on this agent share it. Leave it empty for no limit. It takes effect within 15 seconds."
        min={0}
        max={most}
        decimalScale={3}
        allowNegative={false}
        value={value}
        onChange={setValue}
        data-autofocus
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
