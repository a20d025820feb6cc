import { TextInput } from '@mantine/core';
import { useState } from 'react';

interface TextFilterProps {
  label: string;
  placeholder?: string;
  maxLength: number;
  value: string;
  onCommit: (value: string) => void;
}

/** A filter that matches whole values, so it applies on Enter or when the field loses focus. */
export function TextFilter({ label, placeholder, maxLength, value, onCommit }: TextFilterProps) {
  const [draft, setDraft] = useState(value);
  const [held, setHeld] = useState(value);
  if (held !== value) {
    setHeld(value);
    setDraft(value);
  }
  const commit = () => {
    if (draft.trim() !== value) onCommit(draft.trim());
  };
  return (
    <TextInput
      size="sm"
      label={label}
      placeholder={placeholder}
      maxLength={maxLength}
      autoComplete="off"
      spellCheck={false}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
