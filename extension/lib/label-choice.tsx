import { useEffect, useState } from 'preact/hooks';

import { clientOf, type Label } from './api';
import type { Connection } from './state';
import { text } from './text';

interface LabelChoiceProps {
  connection: Connection;
  /** Id of the label, empty for what the user's rules say. */
  label: string;
  onLabel: (label: string) => void;
}

/** Lets the user give what they send one of their labels. An account without labels is asked nothing. */
export function LabelChoice({ connection: { server, token }, label, onLabel }: LabelChoiceProps) {
  const [labels, setLabels] = useState<Label[]>([]);
  useEffect(() => {
    clientOf(server, token)
      .GET('/api/v1/labels')
      .then(({ data }) => setLabels(data?.labels ?? []))
      .catch(() => undefined); // the rules count, as without a choice
  }, [server, token]);
  if (labels.length === 0) return null;
  return (
    <label className="field">
      {text('label')}
      <select value={label} onChange={(event) => onLabel(event.currentTarget.value)}>
        <option value="">{text('labelByRules')}</option>
        {labels.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
