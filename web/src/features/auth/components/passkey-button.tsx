import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconFingerprint } from '@/components/icons';
import { useFirstFocus } from '@/lib/use-first-focus';
import { useWait } from '@/lib/use-wait';

import { signInWithPasskey } from '../api';
import classes from './auth.module.css';

interface PasskeyButtonProps {
  label: string;
  /** The challenge of a sign-in whose password was right; absent for a sign-in without a password. */
  challenge?: string;
  /** Makes it the main action of the page. */
  primary?: boolean;
  onDone: (me: Me) => void;
  /** Called with every failure, which is also shown here. */
  onFailed?: (error: Error) => void;
}

/** Signs in with a passkey, and shows why if that fails. */
export function PasskeyButton({ label, challenge, primary = false, onDone, onFailed }: PasskeyButtonProps) {
  const button = useFirstFocus<HTMLButtonElement>(primary);
  const signing = useMutation({
    mutationFn: () => signInWithPasskey(challenge),
    onSuccess: onDone,
    onError: (error) => onFailed?.(error),
  });
  const wait = useWait(signing.error);
  return (
    <div className={classes.passkey}>
      <FormFault error={signing.error} />
      <Button
        ref={button}
        variant={primary ? 'filled' : 'default'}
        size="md"
        fullWidth
        leftSection={<IconFingerprint size={20} aria-hidden="true" />}
        loading={signing.isPending}
        disabled={wait > 0}
        onClick={() => signing.mutate()}
      >
        {label}
      </Button>
    </div>
  );
}
