import { useTranslation } from 'react-i18next';

import type { UserShare } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import classes from './shares.module.css';

type Facts = Pick<UserShare, 'state' | 'password' | 'empty' | 'visits' | 'downloads' | 'createdAt' | 'expiresAt' | 'lastVisitAt'> & { viewOnly?: boolean };

/** What is known of a share: until when it works, and how often it was used. */
export function ShareFacts({ share, limit = null }: { share: Facts; limit?: number | null }) {
  const { t } = useTranslation('shares');
  return (
    <p className={classes.facts}>
      {share.password && <span>{t('protected')}</span>}
      {share.viewOnly === true && <span>{t('viewing')}</span>}
      {share.empty && <span className={classes.warn}>{t('nothingLeft')}</span>}
      <span>
        {t('created')} <RelativeTime at={share.createdAt} />
      </span>
      {share.state !== 'revoked' && (
        <span>
          {share.expiresAt === null ? (
            t('never')
          ) : (
            <>
              {t(share.state === 'expired' ? 'expired' : 'expires')} <RelativeTime at={share.expiresAt} />
            </>
          )}
        </span>
      )}
      <span>
        {t('visits', { count: share.visits, number: formatCount(share.visits) })}
        {share.lastVisitAt !== null && (
          <>
            , {t('lastVisit')} <RelativeTime at={share.lastVisitAt} />
          </>
        )}
      </span>
      <span>{limit === null ? t('downloads', { count: share.downloads, number: formatCount(share.downloads) }) : t('downloadsOf', { number: formatCount(share.downloads), limit: formatCount(limit) })}</span>
    </p>
  );
}
