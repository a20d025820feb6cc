import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { UserDetail } from '@/api/model';
import { PoolDialog } from '@/components/pool-dialog';
import { toastDone } from '@/components/toast';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { userKeys } from '../api';
import { setUserPool } from '../plan-api';
import classes from './user-page.module.css';

function poolText({ own, current }: UserDetail['agentPool']): string {
  if (current === '') return text('users:userPool.agentsWithoutA');
  return own === '' ? text('users:userPool.agentsOfThe', { current }) : text('users:userPool.agentsOfThePool', { current });
}

/** Which agents serve an account, and the way to change it. */
export function UserPool({ user }: { user: UserDetail }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.pool}>
      <span>{poolText(user.agentPool)}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        {t('userPool.changePool')}
      </Button>
      <PoolDialog
        title={t('userPool.poolOf', { email: user.email })}
        description={t('userPool.onlyAgentsOf')}
        pool={user.agentPool.own}
        opened={opened}
        save={(pool) => setUserPool(user.id, pool)}
        onSaved={(pool) => {
          toastDone(pool === '' ? t('userPool.thePlanSays') : t('userPool.agentsOfThePoolServe', { pool }));
          void client.invalidateQueries({ queryKey: userKeys.all });
        }}
        onClose={() => setOpened(false)}
      />
    </div>
  );
}
