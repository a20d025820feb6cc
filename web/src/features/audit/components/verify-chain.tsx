import { Button, CopyButton, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ChainCheck } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { HealthLabel } from '@/components/health-label';
import { IconAlertTriangle, IconCheck, IconCircleCheck, IconCopy, IconShieldCheck } from '@/components/icons';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import classes from './audit.module.css';

interface VerifyChainProps {
  /** What is checked, as in "Integrity of the audit log". */
  of: string;
  verify: () => Promise<ChainCheck>;
}

/** Has the server check a chain of hashes, and shows the outcome. */
export function VerifyChain({ of, verify }: VerifyChainProps) {
  const { t } = useTranslation('audit');
  const [opened, setOpened] = useState(false);
  const verifying = useMutation({ mutationFn: verify });
  const start = () => {
    setOpened(true);
    verifying.mutate();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconShieldCheck size={17} />} onClick={start}>
        {t('verifyChain.checkIntegrity')}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t('verifyChain.integrityOf', { of })} size="md">
        <div className={classes.form}>
          {verifying.isPending && (
            <p className={classes.note} role="status">
              {t('verifyChain.readingTheWhole')}
            </p>
          )}
          <FormFault error={verifying.error} />
          {verifying.data && <Outcome check={verifying.data} />}
          <div className={classes.buttons}>
            <Button onClick={() => setOpened(false)} data-autofocus>
              {t('verifyChain.close')}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

function Outcome({ check }: { check: ChainCheck }) {
  const { t } = useTranslation('audit');
  if (!check.intact) {
    return (
      <div role="status">
        <HealthLabel health={{ label: t('verifyChain.brokenAtEntry', { brokenId: check.brokenId }), icon: IconAlertTriangle, tone: 'bad' }} />
        <p className={classes.note}>{check.fault}</p>
        <p className={classes.note}>
          {check.headId > 0 ? t('verifyChain.someoneChangedEntries', { headId: check.headId }) : t('verifyChain.someoneChangedEntriesDirectly')}
        </p>
      </div>
    );
  }
  return (
    <div role="status" className={classes.form}>
      <div>
        <HealthLabel health={{ label: t('verifyChain.intact'), icon: IconCircleCheck, tone: 'ok' }} />
      </div>
      <p className={classes.note}>
        {check.entries === 0 ? t('verifyChain.noEntriesYet') : t('verifyChain.checkedEntriesEach', { count: check.entries, number: formatCount(check.entries) })}
      </p>
      {check.entries > 0 && (
        <>
          <p className={classes.note}>{t('verifyChain.toProveLater')}</p>
          <p className={classes.hash}>
            {check.headId} {check.headHash}
          </p>
          <CopyButton value={`${check.headId} ${check.headHash}`}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                {copied ? t('verifyChain.copied') : t('verifyChain.copyEntryAnd')}
              </Button>
            )}
          </CopyButton>
        </>
      )}
    </div>
  );
}
