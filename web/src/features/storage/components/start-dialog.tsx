import { Checkbox, NumberInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { CleanupKind } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';

import { startCleanup, storageKeys } from '../api';
import { kinds } from '../text';

const everything = kinds.map(({ value }) => value);
const mostHours = 8_760;

/** Asks what to look for, and how old it has to be. */
export function StartDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [chosen, setChosen] = useState<readonly string[]>(everything);
  const [hours, setHours] = useState(1);
  const starting = useMutation({
    mutationFn: (asked: { kinds: CleanupKind[]; graceHours: number }) => confirmed(() => startCleanup(asked)),
    onSuccess: () => client.invalidateQueries({ queryKey: storageKeys.cleanups() }),
  });
  const close = () => {
    starting.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={opened}
      title="Look for orphans"
      confirmLabel="Look"
      danger={false}
      busy={starting.isPending}
      fields={
        <Stack gap="sm" mb="md">
          <Checkbox.Group label="What to look for" value={[...chosen]} onChange={setChosen}>
            <Stack gap="xs" mt="xs">
              {kinds.map(({ value, label, description }) => (
                <Checkbox key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Checkbox.Group>
          <NumberInput
            label="Leave alone what is younger than (hours)"
            min={1}
            max={mostHours}
            clampBehavior="strict"
            allowDecimal={false}
            value={hours}
            onChange={(value) => setHours(Math.max(1, Number(value)))}
          />
        </Stack>
      }
      onConfirm={() =>
        starting.mutate({ kinds: everything.filter((kind) => chosen.length === 0 || chosen.includes(kind)), graceHours: hours }, { onSuccess: close })
      }
      onClose={close}
    >
      <p>This goes through the whole bucket in the background and lists what it finds. It removes nothing: you decide when you have seen the list.</p>
      <FormFault error={starting.error} />
    </ConfirmDialog>
  );
}
