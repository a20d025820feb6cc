import { Button, CopyButton, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChainCheck } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { HealthLabel } from '@/components/health-label';
import { IconAlertTriangle, IconCheck, IconCircleCheck, IconCopy, IconShieldCheck } from '@/components/icons';
import { formatPlural } from '@/lib/format';

import classes from './audit.module.css';

interface VerifyChainProps {
  /** What it is the chain of, as in "the chain of the audit log". */
  of: string;
  verify: () => Promise<ChainCheck>;
}

/** Has a chain of hashes followed, and shows what came of it. */
export function VerifyChain({ of, verify }: VerifyChainProps) {
  const [opened, setOpened] = useState(false);
  const verifying = useMutation({ mutationFn: verify });
  const start = () => {
    setOpened(true);
    verifying.mutate();
  };
  return (
    <>
      <Button variant="default" leftSection={<IconShieldCheck size={17} />} onClick={start}>
        Verify the chain
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`The chain of ${of}`} size="md">
        <div className={classes.form}>
          {verifying.isPending && (
            <p className={classes.note} role="status">
              Reading the whole log …
            </p>
          )}
          <FormFault error={verifying.error} />
          {verifying.data && <Outcome check={verifying.data} />}
          <div className={classes.buttons}>
            <Button onClick={() => setOpened(false)} data-autofocus>
              Close
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}

function Outcome({ check }: { check: ChainCheck }) {
  if (!check.intact) {
    return (
      <div role="status">
        <HealthLabel health={{ label: `Broken at entry ${check.brokenId}`, icon: IconAlertTriangle, tone: 'bad' }} />
        <p className={classes.note}>{check.fault}</p>
        <p className={classes.note}>
          Somebody changed entries past Longhaul, in the database itself.{' '}
          {check.headId > 0 ? `Entries up to ${check.headId} fit; do not rely on those after it.` : 'Do not rely on any of its entries.'}
        </p>
      </div>
    );
  }
  return (
    <div role="status" className={classes.form}>
      <div>
        <HealthLabel health={{ label: 'Intact', icon: IconCircleCheck, tone: 'ok' }} />
      </div>
      <p className={classes.note}>
        {check.entries === 0 ? 'There are no entries yet.' : `${formatPlural(check.entries, 'entry was', 'entries were')} read, and each fits the one before it.`}
      </p>
      {check.entries > 0 && (
        <>
          <p className={classes.note}>To prove later that nothing was cut off at the end, note the newest entry and its hash elsewhere.</p>
          <p className={classes.hash}>
            {check.headId} {check.headHash}
          </p>
          <CopyButton value={`${check.headId} ${check.headHash}`}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                {copied ? 'Copied' : 'Copy entry and hash'}
              </Button>
            )}
          </CopyButton>
        </>
      )}
    </div>
  );
}
