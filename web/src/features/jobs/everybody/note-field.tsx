import { Checkbox, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';
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
  const { t } = useTranslation('everybody');
  return (
    <>
      {act === 'delete' && (
        <Checkbox
          label={t('noteField.deleteForGood')}
          description={several ? t('noteField.pastTheTrash') : t('noteField.pastTheTrashSo')}
          mb="md"
          checked={final}
          onChange={(event) => onFinal(event.currentTarget.checked)}
        />
      )}
      <TextInput
        label={several ? t('noteField.noteForThe') : t('noteField.noteForTheOwner')}
        description={act === 'delete' ? t('noteField.optionalTheyGet') : t('noteField.optionalTheyRead')}
        maxLength={maxNote}
        autoComplete="off"
        mb="md"
        value={note}
        onChange={(event) => onNote(event.currentTarget.value)}
      />
    </>
  );
}
