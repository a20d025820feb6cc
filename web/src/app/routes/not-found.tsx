import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { IconRoute } from '@/components/icons';
import { Notice } from '@/components/notice';
import { Page } from '@/components/page';

interface NotFoundProps {
  title?: string;
  text?: string;
}

/** The page for an address that doesn't exist. */
export function NotFound({ title = 'Page not found', text = 'Check the address, or go back to your downloads.' }: NotFoundProps) {
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
