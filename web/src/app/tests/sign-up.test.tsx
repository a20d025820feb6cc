import { screen } from '@testing-library/react';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function signedOutWorld() {
  const world = new World();
  world.me = null;
  world.registration = 'open';
  return world;
}

const longPassword = 'a quiet lantern over the harbour';

describe('registration', () => {
  it('asks for a mailbox look after it, and never signs in', async () => {
    const world = signedOutWorld();
    const { user } = renderApp(world, '/login');
    await user.click(await screen.findByRole('link', { name: 'Create an account' }));
    await user.type(await screen.findByLabelText('E-mail'), 'grace@example.org');
    await user.type(screen.getByLabelText('Password'), 'short');
    expect(screen.getByText('10 more characters')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('Use at least 15 characters.')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(world.changes).toEqual([]);
    await user.clear(screen.getByLabelText('Password'));
    await user.type(screen.getByLabelText('Password'), longPassword);
    expect(screen.queryByText(/more character/)).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('Look into your mailbox')).toBeVisible();
    expect(screen.getByText('grace@example.org')).toBeVisible();
    expect(world.changes).toEqual([`POST /auth/register {"email":"grace@example.org","password":"${longPassword}"}`]);
  });

  it('is no page where accounts are made by invitation', async () => {
    const world = signedOutWorld();
    world.registration = 'invitation';
    renderApp(world, '/register');
    expect(await screen.findByRole('heading', { name: 'By invitation' })).toBeVisible();
    expect(screen.queryByLabelText('Password')).not.toBeInTheDocument();
  });

  it('shows the time to wait and lets nobody try before it', async () => {
    const world = signedOutWorld();
    world.limited = true;
    const { user } = renderApp(world, '/register');
    await user.type(await screen.findByLabelText('E-mail'), 'grace@example.org');
    await user.type(screen.getByLabelText('Password'), longPassword);
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText(/You can try again in 1 min/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create the account' })).toBeDisabled();
  });

  it('by invitation signs in at once', async () => {
    const world = signedOutWorld();
    world.links.add('invited');
    const { user } = renderApp(world, '/register?invitation=invited');
    expect(await screen.findByLabelText('E-mail')).toHaveValue('grace@example.org');
    await user.type(screen.getByLabelText('Password'), longPassword);
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('by a used invitation says so', async () => {
    renderApp(signedOutWorld(), '/register?invitation=used');
    expect(await screen.findByText(/This link was used/)).toBeVisible();
  });
});

describe('the link of a registration', () => {
  it('works with the password, not by being opened', async () => {
    const world = signedOutWorld();
    world.links.add('once');
    const { user } = renderApp(world, '/verify?token=once');
    const field = await screen.findByLabelText('Password');
    expect(world.changes).toEqual([]);
    await user.type(field, 'of a stranger{Enter}');
    expect(await screen.findByText('This is not the password of the registration.')).toBeVisible();
    await user.clear(field);
    await user.type(field, `${world.password}{Enter}`);
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('that is used up leads to another one', async () => {
    const world = signedOutWorld();
    const { user } = renderApp(world, '/verify?token=old');
    await user.type(await screen.findByLabelText('Password'), `${longPassword}{Enter}`);
    await user.click(await screen.findByRole('link', { name: 'Send me another link' }));
    await user.type(await screen.findByLabelText('E-mail'), 'grace@example.org');
    await user.click(screen.getByRole('button', { name: 'Send the link' }));
    expect(await screen.findByText(/If an account waits/)).toBeVisible();
    expect(world.changes.at(-1)).toBe('POST /auth/verify/resend {"email":"grace@example.org"}');
  });

  it('of a change of address works likewise', async () => {
    const world = signedOutWorld();
    world.links.add('move');
    const { user } = renderApp(world, '/confirm-email?token=move');
    await user.click(await screen.findByRole('button', { name: 'Confirm the new address' }));
    expect(await screen.findByText('Your address is changed')).toBeVisible();
  });
});

describe('a lost password', () => {
  it('is answered the same for every address', async () => {
    const { user } = renderApp(signedOutWorld(), '/login');
    await user.click(await screen.findByRole('link', { name: 'Forgot it?' }));
    await user.type(await screen.findByLabelText('E-mail'), 'nobody@example.org');
    await user.click(screen.getByRole('button', { name: 'Send the link' }));
    expect(await screen.findByText(/If there is an account with/)).toBeVisible();
  });

  it('is replaced by the link, and the refusal of a common one stands at its field', async () => {
    const world = signedOutWorld();
    world.links.add('reset');
    const { user } = renderApp(world, '/reset/confirm?token=reset');
    const field = await screen.findByLabelText('New password');
    await user.type(field, 'password password');
    await user.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText('This password is too common.')).toBeVisible();
    expect(field).toHaveAttribute('aria-invalid', 'true');
    await user.clear(field);
    await user.type(field, longPassword);
    await user.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText('Your password is changed')).toBeVisible();
  });

  it('cannot be reset where no mail is sent', async () => {
    const world = signedOutWorld();
    world.mail = false;
    renderApp(world, '/reset');
    expect(await screen.findByText(/sends no mail/)).toBeVisible();
  });
});

describe('a sign-in in two steps', () => {
  async function firstStep(world: World) {
    world.totp = { enabled: true, required: false, recoveryCodesLeft: 9 };
    const app = renderApp(world, '/login');
    await app.user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await app.user.type(screen.getByLabelText('Password'), world.password);
    await app.user.click(screen.getByRole('button', { name: 'Sign in' }));
    return app;
  }

  it('asks for the code of the app', async () => {
    const { user } = await firstStep(signedOutWorld());
    const field = await screen.findByLabelText('Code');
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute('autocomplete', 'one-time-code');
    await user.type(field, '111111{Enter}');
    expect(await screen.findByText(/The code is wrong/)).toBeVisible();
    await user.clear(field);
    await user.type(field, '287082{Enter}');
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('takes a recovery code', async () => {
    const world = signedOutWorld();
    const { user } = await firstStep(world);
    await user.click(await screen.findByRole('button', { name: 'Use a recovery code' }));
    await user.type(await screen.findByLabelText('Recovery code'), `${world.recoveryCode}{Enter}`);
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('begins again when it took too long, and says why', async () => {
    const { user } = await firstStep(signedOutWorld());
    await user.type(await screen.findByLabelText('Code'), '000000{Enter}');
    expect(await screen.findByText(/took too long/)).toBeVisible();
    expect(screen.getByLabelText('Password')).toBeVisible();
  });
});

it('a sign-in before the address is confirmed leads to another link', async () => {
  const world = signedOutWorld();
  world.verified = false;
  const { user } = renderApp(world, '/login');
  await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await user.type(screen.getByLabelText('Password'), world.password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await user.click(await screen.findByRole('link', { name: 'Send me another link' }));
  expect(await screen.findByRole('heading', { name: 'Another link' })).toBeVisible();
});
