import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Agent } from '@/api/model';
import { PoolDialog } from '@/components/pool-dialog';
import { toastDone } from '@/components/toast';

import { agentKeys, setAgentPool } from '../api';
import classes from './agents.module.css';

/** Whom an agent serves, and the way to change it. */
export function PoolRow({ agent }: { agent: Agent }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.limit}>
      <span>Pool: {agent.pool === '' ? 'none' : agent.pool}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Change pool
      </Button>
      <PoolDialog
        title={`Pool of ${agent.name}`}
        description="It serves only the plans and accounts that have the same pool. Leave it empty for those without one. What runs stays until it ends or moves."
        pool={agent.pool}
        opened={opened}
        save={(pool) => setAgentPool(agent.id, pool)}
        onSaved={(pool) => {
          toastDone(pool === '' ? `${agent.name} is in no pool.` : `${agent.name} is in the pool ${pool}.`);
          void client.invalidateQueries({ queryKey: agentKeys.all });
        }}
        onClose={() => setOpened(false)}
      />
    </div>
  );
}
