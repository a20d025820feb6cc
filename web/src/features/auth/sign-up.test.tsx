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
  it('points to the mailbox afterwards, without signing in', async () => {
    const world = signedOutWorld();
    const { user } = renderApp(world, '/login');
    await user.click(await screen.findByRole('link', { name: 'Create an account' }));
    await screen.findByRole('heading', { name: 'Create an account' });
    await user.type(screen.getByLabelText('E-mail'), 'grace@example.org');
    await user.type(screen.getByLabelText('Password'), 'short');
    expect(screen.getByText('10 more characters')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('Use at least 15 characters.')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(world.changes).toEqual([]);
    await user.clear(screen.getByLabelText('Password'));
    await user.type(screen.getByLabelText('Password'), longPassword);
    expect(screen.queryByText(/more character/)).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('Check your mail')).toBeVisible();
    expect(screen.getByText('grace@example.org')).toBeVisible();
    expect(world.changes).toEqual([`POST /auth/register {"email":"grace@example.org","password":"${longPassword}"}`]);
  });

  it('has no form where accounts need an invitation', async () => {
    const world = signedOutWorld();
    world.registration = 'invitation';
    renderApp(world, '/register');
    expect(await screen.findByRole('heading', { name: 'Invitation only' })).toBeVisible();
    expect(screen.queryByLabelText('Password')).not.toBeInTheDocument();
  });

  it('shows the time to wait and disables the form until then', async () => {
    const world = signedOutWorld();
    world.limited = true;
    const { user } = renderApp(world, '/register');
    await user.type(await screen.findByLabelText('E-mail'), 'grace@example.org');
    await user.type(screen.getByLabelText('Password'), longPassword);
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText(/Try again in 1 min/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create account' })).toBeDisabled();
  });

  it('by invitation signs in at once', async () => {
    const world = signedOutWorld();
    world.links.add('invited');
    const { user } = renderApp(world, '/register?invitation=invited');
    expect(await screen.findByLabelText('E-mail')).toHaveValue('grace@example.org');
    await user.type(screen.getByLabelText('Password'), longPassword);
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('says that an invitation was already used', async () => {
    renderApp(signedOutWorld(), '/register?invitation=used');
    expect(await screen.findByText(/This link was already used/)).toBeVisible();
  });
});

describe('the link of a registration', () => {
  it('works with the password, not just by being opened', async () => {
    const world = signedOutWorld();
    world.links.add('once');
    const { user } = renderApp(world, '/verify?token=once');
    const field = await screen.findByLabelText('Password');
    expect(world.changes).toEqual([]);
    await user.type(field, 'wrong password{Enter}');
    expect(await screen.findByText('This is not the password you registered with.')).toBeVisible();
    await user.clear(field);
    await user.type(field, `${world.password}{Enter}`);
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('offers a new link when it was already used', async () => {
    const world = signedOutWorld();
    const { user } = renderApp(world, '/verify?token=old');
    await user.type(await screen.findByLabelText('Password'), `${longPassword}{Enter}`);
    await user.click(await screen.findByRole('link', { name: 'Send a new link' }));
    await user.type(await screen.findByLabelText('E-mail'), 'grace@example.org');
    await user.click(screen.getByRole('button', { name: 'Send link' }));
    expect(await screen.findByText(/is waiting for confirmation/)).toBeVisible();
    expect(world.changes.at(-1)).toBe('POST /auth/verify/resend {"email":"grace@example.org"}');
  });

  it('for a new address works the same way', async () => {
    const world = signedOutWorld();
    world.links.add('move');
    const { user } = renderApp(world, '/confirm-email?token=move');
    await user.click(await screen.findByRole('button', { name: 'Confirm new address' }));
    expect(await screen.findByText('Address changed')).toBeVisible();
  });
});

describe('a lost password', () => {
  it('gets the same answer for every address', async () => {
    const { user } = renderApp(signedOutWorld(), '/login');
    await user.click(await screen.findByRole('link', { name: 'Forgot password?' }));
    await user.type(await screen.findByLabelText('E-mail'), 'stranger@example.org');
    await user.click(screen.getByRole('button', { name: 'Send link' }));
    expect(await screen.findByText(/has an account, a link is on its way/)).toBeVisible();
  });

  it('is replaced with the link, and a common one is refused at its field', async () => {
    const world = signedOutWorld();
    world.links.add('reset');
    const { user } = renderApp(world, '/reset/confirm?token=reset');
    const field = await screen.findByLabelText('New password');
    await user.type(field, 'password password');
    await user.click(screen.getByRole('button', { name: 'Set password' }));
    expect(await screen.findByText('This password is too common.')).toBeVisible();
    expect(field).toHaveAttribute('aria-invalid', 'true');
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.type(field, longPassword);
    await user.click(screen.getByRole('button', { name: 'Set password' }));
    expect(await screen.findByText('Password changed')).toBeVisible();
  });

  it("can't be reset where mail is off", async () => {
    const world = signedOutWorld();
    world.mail = false;
    renderApp(world, '/reset');
    expect(await screen.findByText(/can't send mail/)).toBeVisible();
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

  it('accepts a recovery code', async () => {
    const world = signedOutWorld();
    const { user } = await firstStep(world);
    await user.click(await screen.findByRole('button', { name: 'Use a recovery code' }));
    await user.type(await screen.findByLabelText('Recovery code'), `${world.recoveryCode}{Enter}`);
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('starts over when it took too long, and says why', async () => {
    const { user } = await firstStep(signedOutWorld());
    await user.type(await screen.findByLabelText('Code'), '000000{Enter}');
    expect(await screen.findByText(/took too long/)).toBeVisible();
    expect(screen.getByLabelText('Password')).toBeVisible();
  });
});

it('a sign-in before the address is confirmed offers a new link', async () => {
  const world = signedOutWorld();
  world.verified = false;
  const { user } = renderApp(world, '/login');
  await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await user.type(screen.getByLabelText('Password'), world.password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await user.click(await screen.findByRole('link', { name: 'Send a new link' }));
  expect(await screen.findByRole('heading', { name: 'Get a new link' })).toBeVisible();
});
