import { TextInput } from '@mantine/core';

import { maxNote } from './acts';
import type { AnyAct } from './api';

interface NoteFieldProps {
  act: AnyAct | undefined;
  /** Whether it goes to more than one owner, as far as that is known. */
  several: boolean;
  note: string;
  onNote: (note: string) => void;
}

/** The note that the owners of downloads get when an administrator acts on them. */
export function NoteField({ act, several, note, onNote }: NoteFieldProps) {
  return (
    <TextInput
      label={several ? 'Note for the owners' : 'Note for the owner'}
      description={act === 'delete' ? 'Optional. They get it by mail.' : 'Optional. They read it in the timeline.'}
      maxLength={maxNote}
      autoComplete="off"
      mb="md"
      value={note}
      onChange={(event) => onNote(event.currentTarget.value)}
    />
  );
}
