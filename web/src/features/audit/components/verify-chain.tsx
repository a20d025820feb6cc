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
  /** What is checked, as in "Integrity of the audit log". */
  of: string;
  verify: () => Promise<ChainCheck>;
}

/** Has the server check a chain of hashes, and shows the outcome. */
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
        Check integrity
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Integrity of ${of}`} size="md">
        <div className={classes.form}>
          {verifying.isPending && (
            <p className={classes.note} role="status">
              Reading the whole log…
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
          Someone changed entries directly in the database.{' '}
          {check.headId > 0 ? `Entries up to ${check.headId} are intact; don't rely on later ones.` : "Don't rely on any of its entries."}
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
        {check.entries === 0 ? 'No entries yet.' : `Checked ${formatPlural(check.entries, 'entry', 'entries')}: each one matches the one before.`}
      </p>
      {check.entries > 0 && (
        <>
          <p className={classes.note}>To prove later that no entries were cut off, keep the newest entry and its hash somewhere else.</p>
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
