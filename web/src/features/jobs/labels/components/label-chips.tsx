import { useQuery } from '@tanstack/react-query';

import { isolated } from '@/lib/isolated';

import { labelsQuery, type Label } from '../api';
import classes from './labels.module.css';

/** One label. */
export function LabelChip({ label }: { label: Pick<Label, 'name' | 'colour'> }) {
  return (
    <span className={classes.chip} title={label.name}>
      <span className={classes.dot} data-colour={label.colour} aria-hidden="true" />
      <span>{isolated(label.name)}</span>
    </span>
  );
}

/** The labels with these ids. */
export function LabelChips({ ids }: { ids: readonly string[] }) {
  const { data = [] } = useQuery({ ...labelsQuery(), enabled: ids.length > 0 });
  return data.filter((label) => ids.includes(label.id)).map((label) => <LabelChip key={label.id} label={label} />);
}
