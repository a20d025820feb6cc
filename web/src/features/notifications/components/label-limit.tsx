import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import '../messages/catalogue';
import classes from './notifications.module.css';

interface PickerProps {
  /** The text of its button, and what it is for. */
  label: string;
  name: string;
  /** Ids of labels. */
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Lets the user choose labels. */
export type LabelPicker = (props: PickerProps) => ReactNode;

interface LabelLimitProps extends Omit<PickerProps, 'label'> {
  picker: LabelPicker;
}

/** The labels to which a channel is limited. */
export function LabelLimit({ name, chosen, onChange, picker: Picker }: LabelLimitProps) {
  const { t } = useTranslation('notifications');
  return (
    <div className={classes.limit}>
      <span className={classes.note}>{t(chosen.length === 0 ? 'limit.all' : 'limit.some')}</span>
      <Picker label={t('limit.labels')} name={name} chosen={chosen} onChange={onChange} />
    </div>
  );
}
