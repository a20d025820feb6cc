import { useLocation, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { IconArrowDown } from '@/components/icons';

import './messages/catalogue';
import { draftsOfFiles, draftsOfText, withoutKinds, type NewDrafts } from './drafts';
import classes from './submit-box.module.css';
import { useKindsOff } from './use-kinds-off';
import { usePageDrop } from './use-page-drop';
import { useTray } from './use-tray';

/** Takes what is pasted or dropped on any page to the box that adds downloads. */
export function DropAnywhere({ account }: { account: string }) {
  const { t } = useTranslation('submit');
  const { take } = useTray(account);
  const off = useKindsOff();
  const navigate = useNavigate();
  const atHome = useLocation({ select: (location) => location.pathname === '/' });
  const bring = (all: NewDrafts) => {
    const added = withoutKinds(all, off);
    // Elsewhere, text without a source was not meant for us.
    if (!atHome && added.drafts.length === 0) return;
    take(added);
    if (!atHome) void navigate({ to: '/' });
  };
  const over = usePageDrop({
    onText: (pasted) => bring(draftsOfText(pasted)),
    onFiles: (files) => bring(draftsOfFiles(files)),
  });
  if (!over) return null;
  return (
    <div className={classes.drop} aria-hidden="true">
      <span className={classes.dropnote}>
        <IconArrowDown size={28} />
        {t('dropAnywhere.dropToAdd')}
      </span>
    </div>
  );
}
