import { useTranslation } from 'react-i18next';

import '../link-messages/catalogue';
import { setUp } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

/** Creates the first account with the one-time link from the server's console. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useTranslation('authLinks');
  const signedIn = useSignedIn(onDone);
  if (token === '') {
    return (
      <AuthFrame
        title={t('setupPage.theLinkIs')}
        intro={t('setupPage.copyTheWhole')}
      />
    );
  }
  return (
    <WithConfig title={t('setupPage.welcome')}>
      {(config) => (
        <AuthFrame title={t('setupPage.welcome')} intro={t('setupPage.createTheFirst')}>
          <AccountForm config={config} send={(credentials) => setUp({ ...credentials, token })} onDone={signedIn} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
