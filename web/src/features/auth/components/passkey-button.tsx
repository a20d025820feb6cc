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
  /** Of a sign-in whose password was right; absent for one without a password. */
  challenge?: string;
  /** It is what the page is for. */
  primary?: boolean;
  onDone: (me: Me) => void;
  /** Told of every failure; it is shown here, too. */
  onFailed?: (error: Error) => void;
}

/** Signs in with a passkey, and says why if that fails. */
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
