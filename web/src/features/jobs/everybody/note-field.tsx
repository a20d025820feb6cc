import { Checkbox, TextInput } from '@mantine/core';

import { maxNote } from './acts';
import type { AnyAct } from './api';

interface NoteFieldProps {
  act: AnyAct | undefined;
  /** Whether it goes to more than one owner, as far as that is known. */
  several: boolean;
  note: string;
  onNote: (note: string) => void;
  /** Whether a deletion is for good. */
  final: boolean;
  onFinal: (final: boolean) => void;
}

/** The note that the owners of downloads get when an administrator acts on them, and whether a deletion is for good. */
export function NoteField({ act, several, note, onNote, final, onFinal }: NoteFieldProps) {
  return (
    <>
      {act === 'delete' && (
        <Checkbox
          label="Delete for good"
          description={several ? 'Past the trash, so that owners can’t restore them.' : 'Past the trash, so that the owner can’t restore it.'}
          mb="md"
          checked={final}
          onChange={(event) => onFinal(event.currentTarget.checked)}
        />
      )}
      <TextInput
        label={several ? 'Note for the owners' : 'Note for the owner'}
        description={act === 'delete' ? 'Optional. They get it by mail.' : 'Optional. They read it in the timeline.'}
        maxLength={maxNote}
        autoComplete="off"
        mb="md"
        value={note}
        onChange={(event) => onNote(event.currentTarget.value)}
      />
    </>
  );
}
