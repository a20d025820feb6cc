import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { UserDetail } from '@/api/model';
import { PoolDialog } from '@/components/pool-dialog';
import { toastDone } from '@/components/toast';

import { userKeys } from '../api';
import { setUserPool } from '../plan-api';
import classes from './user-page.module.css';

function poolText({ own, current }: UserDetail['agentPool']): string {
  if (current === '') return 'Agents without a pool serve it.';
  return `Agents of the pool ${current} serve it${own === '' ? ', as its plan says' : ', whatever its plan says'}.`;
}

/** Which agents serve an account, and the way to change it. */
export function UserPool({ user }: { user: UserDetail }) {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.pool}>
      <span>{poolText(user.agentPool)}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        Change pool
      </Button>
      <PoolDialog
        title={`Pool of ${user.email}`}
        description="Only agents of this pool serve the account. Leave it empty to go by its plan. What runs stays where it is."
        pool={user.agentPool.own}
        opened={opened}
        save={(pool) => setUserPool(user.id, pool)}
        onSaved={(pool) => {
          toastDone(pool === '' ? 'The plan says again which agents serve it.' : `Agents of the pool ${pool} serve it.`);
          void client.invalidateQueries({ queryKey: userKeys.all });
        }}
        onClose={() => setOpened(false)}
      />
    </div>
  );
}
