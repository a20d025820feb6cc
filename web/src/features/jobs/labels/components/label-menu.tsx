import { Button, Popover, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconCheck, IconPlus, IconTag } from '@/components/icons';
import { toastFailed } from '@/components/toast';
import { isolated } from '@/lib/isolated';

import { addLabel, colours, labelsQuery, refreshLabels } from '../api';
import '../messages/catalogue';
import { LabelChip } from './label-chips';
import classes from './labels.module.css';

interface LabelMenuProps {
  /** The text of the button. */
  label: string;
  /** What the button is for, if its text alone doesn't say it. */
  name?: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  disabled?: boolean;
}

/** A button that opens the user's labels, to choose some of them or to add one. */
export function LabelMenu({ label, name, chosen, onChange, disabled = false }: LabelMenuProps) {
  const [opened, setOpened] = useState(false);
  const { data: labels = [] } = useQuery({ ...labelsQuery(), enabled: opened || chosen.length > 0 });
  const shown = labels.filter((each) => chosen.includes(each.id));
  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus withinPortal shadow="md">
        <Popover.Target>
          <Button
            size="compact-sm"
            variant="default"
            disabled={disabled}
            leftSection={<IconTag size={15} />}
            aria-label={name}
            aria-haspopup="dialog"
            onClick={() => setOpened(!opened)}
          >
            {label}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={name ?? label}>
          <Choices chosen={chosen} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      {shown.map((each) => (
        <LabelChip key={each.id} label={each} />
      ))}
    </>
  );
}

function Choices({ chosen, onChange }: Pick<LabelMenuProps, 'chosen' | 'onChange'>) {
  const { t } = useTranslation('labels');
  const client = useQueryClient();
  const { data: labels = [], isSuccess } = useQuery(labelsQuery());
  const [find, setFind] = useState('');
  const name = find.trim().replace(/\s+/g, ' ');
  const found = labels.filter((each) => each.name.toLowerCase().includes(name.toLowerCase()));
  const missing = name !== '' && !labels.some((each) => each.name.toLowerCase() === name.toLowerCase());
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  const add = () => {
    addLabel(name, colours[labels.length % colours.length] ?? 'grey').then(
      (label) => {
        client.setQueryData(labelsQuery().queryKey, [...labels, label]);
        refreshLabels(client);
        setFind('');
        onChange([...chosen, label.id]);
      },
      (error: unknown) => toastFailed(t('couldnt'), error),
    );
  };
  return (
    <div className={classes.menu}>
      <TextInput
        size="xs"
        aria-label={t('find')}
        placeholder={t('find')}
        maxLength={50}
        value={find}
        onChange={(event) => setFind(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (missing) add();
          else if (found[0]) toggle(found[0].id);
        }}
      />
      {isSuccess && labels.length === 0 && <p className={classes.empty}>{t('none')}</p>}
      <div className={classes.options} role="group" aria-label={t('labels')}>
        {found.map((each) => (
          <UnstyledButton key={each.id} className={classes.option} role="checkbox" aria-checked={chosen.includes(each.id)} onClick={() => toggle(each.id)}>
            <i className={classes.dot} data-colour={each.colour} aria-hidden="true" />
            <span>{isolated(each.name)}</span>
            {chosen.includes(each.id) && <IconCheck size={15} aria-hidden="true" />}
          </UnstyledButton>
        ))}
      </div>
      {missing && (
        <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} />} onClick={add}>
          {t('add', { name })}
        </Button>
      )}
    </div>
  );
}
