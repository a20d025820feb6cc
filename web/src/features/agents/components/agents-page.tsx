import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconPlus, IconServer2 } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';

import '../messages/catalogue';
import { agentsQuery } from '../api';
import { useAgentActs } from './agent-acts';
import { AgentCard } from './agent-card';
import classes from './agents.module.css';
import { EnrolDialog } from './enrol-dialog';

/** The compute agents: their health and state, and the ways to change it. */
export function AgentsPage() {
  const { t } = useTranslation('agents');
  const { data: agents, error, isPending, refetch } = useQuery(agentsQuery());
  const [enrolling, setEnrolling] = useState(false);
  const { start, dialog } = useAgentActs();
  const enrolButton = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setEnrolling(true)}>
      {t('agentsPage.addAnAgent')}
    </Button>
  );
  return (
    <Page title={t('agentsPage.agents')} intro={t('agentsPage.theMachinesThat')} actions={enrolButton}>
      {isPending && (
        <div className={classes.grid}>
          <Skeleton height={210} radius="lg" />
          <Skeleton height={210} radius="lg" />
        </div>
      )}
      {error && !agents && <ErrorNotice error={error} title={t('agentsPage.couldntLoadThe')} retry={() => void refetch()} />}
      {agents?.length === 0 && (
        <Notice icon={IconServer2} title={t('agentsPage.noAgentsYet')} action={enrolButton}>
          {t('agentsPage.downloadsWaitUntil')}
        </Notice>
      )}
      {agents && agents.length > 0 && (
        <ul className={classes.grid} aria-label={t('agentsPage.agents')}>
          {agents.map((agent) => (
            <AgentCard key={agent.id} agent={agent} onAct={start} />
          ))}
        </ul>
      )}
      <EnrolDialog opened={enrolling} onClose={() => setEnrolling(false)} />
      {dialog}
    </Page>
  );
}
