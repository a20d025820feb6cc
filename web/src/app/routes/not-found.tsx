import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { IconRoute } from '@/components/icons';
import { Notice } from '@/components/notice';
import { Page } from '@/components/page';

interface NotFoundProps {
  title?: string;
  text?: string;
}

/** What stands where there is nothing. */
export function NotFound({ title = 'Page not found', text = 'This address leads nowhere.' }: NotFoundProps) {
  return (
    <Page title={title} quietTitle>
      <Notice
        icon={IconRoute}
        title={title}
        action={<Button renderRoot={(props) => <Link to="/" {...props} />}>Go to your downloads</Button>}
      >
        {text}
      </Notice>
    </Page>
  );
}
