import { Button, Modal, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { Agent } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatRate } from '@/lib/format';

import '../messages/catalogue';
import { agentKeys, limitAgent } from '../api';
import classes from './agents.module.css';

const mib = 1024 ** 2;
const most = 1_000_000;

/** How fast an agent may fetch, and the way to change it. */
export function LimitRow({ agent }: { agent: Agent }) {
  const { t } = useTranslation('agents');
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.limit}>
      <span>{agent.rateLimit === 0 ? t('limitDialog.speedLimitNone') : t('limitDialog.speedLimit', { rateLimit: formatRate(agent.rateLimit) })}</span>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        {t('limitDialog.changeSpeedLimit')}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t('limitDialog.speedLimitOf', { name: agent.name })}>
        <LimitForm agent={agent} onClose={() => setOpened(false)} />
      </Modal>
    </div>
  );
}

function LimitForm({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { t } = useTranslation('agents');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [value, setValue] = useState<number | string>(agent.rateLimit === 0 ? '' : agent.rateLimit / mib);
  const saving = useMutation({
    mutationFn: () => confirmed(() => limitAgent(agent.id, Math.round(Number(value) * mib))),
    onSuccess: (changed) => {
      toastDone(changed.rateLimit === 0 ? t('limitDialog.hasNoSpeed', { name: agent.name }) : t('limitDialog.fetchesUpTo', { name: agent.name, rateLimit: formatRate(changed.rateLimit) }));
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
        label={t('limitDialog.mibPerSecond')}
        description={t('limitDialog.allDownloadsOn')}
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
          {t('limitDialog.cancel')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {t('limitDialog.save')}
        </Button>
      </div>
    </form>
  );
}
