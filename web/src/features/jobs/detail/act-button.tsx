import { ActionIcon, Button, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';

interface ActButtonProps {
  act: string;
  label: string;
  icon: Icon;
  busy: boolean;
  onClick: () => void;
}

/** The button of an act on a job. What helps it on stands out; deleting keeps to itself. */
export function ActButton({ act, label, icon: Symbol, busy, onClick }: ActButtonProps) {
  if (act === 'delete') {
    return (
      <Tooltip label={label}>
        <ActionIcon variant="default" size={36} aria-label={label} disabled={busy} onClick={onClick}>
          <Symbol size={17} />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <Button variant={act === 'retry' || act === 'resume' ? 'filled' : 'default'} leftSection={<Symbol size={16} />} disabled={busy} onClick={onClick}>
      {label}
    </Button>
  );
}
