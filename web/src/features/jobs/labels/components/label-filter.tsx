import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconCheck, IconTag } from '@/components/icons';
import { isolated } from '@/lib/isolated';

import { labelsQuery } from '../api';
import '../messages/catalogue';
import classes from './labels.module.css';

/** Chooses the label that a list shows; without any labels it isn't there. */
export function LabelFilter({ label, onLabel }: { label: string; onLabel: (id: string) => void }) {
  const { t } = useTranslation('labels');
  const { data: labels = [] } = useQuery(labelsQuery());
  const chosen = labels.find((each) => each.id === label);
  if (labels.length === 0 && label === '') return null;
  return (
    <Menu>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          className={classes.filter}
          leftSection={chosen ? <i className={classes.dot} data-colour={chosen.colour} aria-hidden="true" /> : <IconTag size={16} />}
          aria-label={chosen ? t('filtered', { name: chosen.name }) : t('filter')}
        >
          {chosen ? isolated(chosen.name) : t('filter')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menuoptions}>
        <Menu.Item data-autofocus={label === '' || undefined} rightSection={label === '' ? <IconCheck size={16} /> : undefined} onClick={() => onLabel('')}>
          {t('any')}
        </Menu.Item>
        {labels.map((each) => (
          <Menu.Item
            key={each.id}
            data-autofocus={each.id === label || undefined}
            leftSection={<i className={classes.dot} data-colour={each.colour} aria-hidden="true" />}
            rightSection={each.id === label ? <IconCheck size={16} /> : undefined}
            onClick={() => onLabel(each.id)}
          >
            {isolated(each.name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
