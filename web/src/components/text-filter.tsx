import { TextInput } from '@mantine/core';
import { useState } from 'react';

interface TextFilterProps {
  label: string;
  placeholder?: string;
  maxLength: number;
  value: string;
  /** Returns what is wrong with a text that can't match anything; empty if nothing is. */
  check?: (text: string) => string;
  onCommit: (value: string) => void;
}

const fits = () => '';

/** A text filter that applies on Enter or when the field loses focus. */
export function TextFilter({ label, placeholder, maxLength, value, check = fits, onCommit }: TextFilterProps) {
  const [draft, setDraft] = useState(value);
  const [held, setHeld] = useState(value);
  const [fault, setFault] = useState('');
  if (held !== value) {
    setHeld(value);
    setDraft(value);
    setFault('');
  }
  const commit = () => {
    const text = draft.trim();
    const wrong = text === '' ? '' : check(text);
    setFault(wrong);
    if (wrong === '' && text !== value) onCommit(text);
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
      error={fault === '' ? undefined : fault}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        setFault('');
      }}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
