import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { IconRoute } from '@/components/icons';
import { Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { text as say } from '@/lib/messages';

import '../messages/catalogue';

interface NotFoundProps {
  title?: string;
  text?: string;
}

/** The page for an address that doesn't exist. */
export function NotFound({ title = say('app:notFound.pageNotFound'), text = say('app:notFound.checkTheAddress') }: NotFoundProps) {
  const { t } = useTranslation('app');
  return (
    <Page title={title} quietTitle>
      <Notice
        icon={IconRoute}
        title={title}
        action={<Button renderRoot={(props) => <Link to="/" {...props} />}>{t('notFound.goToYour')}</Button>}
      >
        {text}
      </Notice>
    </Page>
  );
}
