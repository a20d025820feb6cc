import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconDownload, IconGauge } from '@/components/icons';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import { usersExportAddress, type UserMatch } from '../plan-api';
import type { UserView } from '../user';
import { MoveDialog } from './move-dialog';
import classes from './users.module.css';

/** What an admin can do with everything that the search and the filters find. */
export function ManyActs({ view, total }: { view: UserView; total: number }) {
  const { t } = useTranslation('users');
  const [moving, setMoving] = useState<UserMatch>();
  return (
    <div className={classes.many}>
      <Button size="compact-sm" variant="subtle" leftSection={<IconGauge size={15} />} onClick={() => setMoving(view)}>
        {t('manyActs.changePlanOf', { count: total, number: formatCount(total) })}
      </Button>
      <Button component="a" href={usersExportAddress(view)} download size="compact-sm" variant="subtle" leftSection={<IconDownload size={15} />}>
        {t('manyActs.exportCsv')}
      </Button>
      <MoveDialog match={moving} count={total} onClose={() => setMoving(undefined)} />
    </div>
  );
}
