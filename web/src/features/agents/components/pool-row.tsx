import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Agent } from '@/api/model';
import { PoolDialog } from '@/components/pool-dialog';
import { toastDone } from '@/components/toast';

import '../messages/catalogue';
import { agentKeys, setAgentPool } from '../api';
import classes from './agents.module.css';

/** Whom an agent serves, and the way to change it. */
export function PoolRow({ agent }: { agent: Agent }) {
  const { t } = useTranslation('agents');
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.limit}>
      <span>{agent.pool === '' ? t('poolRow.poolNone') : t('poolRow.pool', { pool: agent.pool })}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        {t('poolRow.changePool')}
      </Button>
      <PoolDialog
        title={t('poolRow.poolOf', { name: agent.name })}
        description={t('poolRow.itServesOnly')}
        pool={agent.pool}
        opened={opened}
        save={(pool) => setAgentPool(agent.id, pool)}
        onSaved={(pool) => {
          toastDone(pool === '' ? t('poolRow.isInNo', { name: agent.name }) : t('poolRow.isInThe', { name: agent.name, pool }));
          void client.invalidateQueries({ queryKey: agentKeys.all });
        }}
        onClose={() => setOpened(false)}
      />
    </div>
  );
}
