import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';

import { Providers } from '@/app/providers';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { newQueryClient } from '@/lib/query-client';

function Page() {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setAsked(true)}>
        Ask
      </button>
      <ConfirmDialog opened={asked} title="Sure?" confirmLabel="Yes" onConfirm={() => undefined} onClose={() => setAsked(false)}>
        Really.
      </ConfirmDialog>
    </>
  );
}

it('a question that is asked before its part is there gives the focus back when it closes', async () => {
  render(
    <Providers queryClient={newQueryClient()} env="test">
      <Page />
      <div id="layers" />
    </Providers>,
  );
  const button = screen.getByRole('button', { name: 'Ask' });
  button.focus();
  fireEvent.click(button); // at once, while the dialog's part loads
  const yes = await screen.findByRole('button', { name: 'Yes' });
  await waitFor(() => expect(yes).toHaveFocus());
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  await waitFor(() => expect(button).toHaveFocus());
});
