import { Button } from '@mantine/core';
import { Trans, useTranslation } from 'react-i18next';

import { IconExternalLink } from '@/components/icons';

import '../messages/catalogue';
import classes from './extension.module.css';

type Browser = 'chrome' | 'firefox';

/** Where the extension is in each browser's store; empty for nowhere. */
export type Stores = Readonly<Record<Browser, string>>;

/** The steps to load a build, by browser. */
const steps = { chrome: ['open', 'mode', 'load'], firefox: ['open', 'load', 'again'] } as const;

/** The browsers, the one that is used first. */
function ownFirst(): readonly Browser[] {
  return /\bFirefox\//.test(navigator.userAgent) ? ['firefox', 'chrome'] : ['chrome', 'firefox'];
}

/** Leads to the stores, and says how to load a build where there is none. */
export function Get({ stores, admin }: { stores: Stores; admin: boolean }) {
  const { t } = useTranslation('extension');
  const browsers = ownFirst();
  const named = browsers.filter((browser) => stores[browser] !== '');
  const missing = browsers.filter((browser) => stores[browser] === '');
  const [only = 'chrome'] = missing;
  return (
    <>
      {named.length > 0 && (
        <div className={classes.stores}>
          {named.map((browser) => (
            <Button
              key={browser}
              component="a"
              href={stores[browser]}
              target="_blank"
              rel="noreferrer"
              variant={browser === browsers[0] ? 'filled' : 'default'}
              rightSection={<IconExternalLink size={16} aria-hidden="true" />}
            >
              {t(`get.${browser}`)}
            </Button>
          ))}
        </div>
      )}
      <p>{t('get.works')}</p>
      {missing.length > 0 && <p>{missing.length === 2 ? t('get.none') : t(only === 'chrome' ? 'get.noneChrome' : 'get.noneFirefox')}</p>}
      {missing.length > 0 && (
        <div className={classes.builds}>
          {missing.map((browser) => (
            <Build key={browser} browser={browser} />
          ))}
        </div>
      )}
      {admin && missing.length > 0 && (
        <p className={classes.note}>
          <Trans t={t} i18nKey="get.admin" components={{ code: <code /> }} />
        </p>
      )}
    </>
  );
}

function Build({ browser }: { browser: Browser }) {
  const { t } = useTranslation('extension');
  const marks = { code: <code />, em: <em /> };
  return (
    <div className={classes.build}>
      <h3>{browser === 'chrome' ? t('chromeBuild.title') : t('firefoxBuild.title')}</h3>
      <ol className={classes.steps}>
        {browser === 'chrome'
          ? steps.chrome.map((step) => (
              <li key={step}>
                <Trans t={t} i18nKey={`chromeBuild.${step}`} components={marks} />
              </li>
            ))
          : steps.firefox.map((step) => (
              <li key={step}>
                <Trans t={t} i18nKey={`firefoxBuild.${step}`} components={marks} />
              </li>
            ))}
      </ol>
    </div>
  );
}
