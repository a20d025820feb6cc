import { describe, expect, it } from 'vitest';

import { challengeOf, codeFrom, permissionFor, secret, serverOf } from './connect';

const redirect = 'https://ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org/';

describe('connecting', () => {
  it.each([
    ['longhaul.example.com', 'https://longhaul.example.com'],
    [' http://localhost:8080/jobs/1 ', 'http://localhost:8080'],
  ])('reads %s as an address', (typed, want) => expect(serverOf(typed)).toBe(want));

  it.each(['', 'javascript:alert(1)', 'https://user@a.example', 'a b', 'https://'])('refuses %s', (typed) => expect(() => serverOf(typed)).toThrow('Enter the address'));

  it('asks for one server alone', () => expect(permissionFor('http://localhost:8080')).toEqual({ origins: ['http://localhost/*'] }));

  it('hashes its secret as PKCE says', async () => {
    // The example of RFC 7636, appendix B.
    expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
    expect(secret()).toMatch(/^[\w-]{43}$/);
    expect(secret()).not.toBe(secret());
  });

  it('takes a code for its own request alone', () => {
    expect(codeFrom(`${redirect}?code=c&state=s`, redirect, 's')).toBe('c');
    expect(() => codeFrom(`${redirect}?code=c&state=other`, redirect, 's')).toThrow('did not come from your request');
    expect(() => codeFrom('https://evil.example/?code=c&state=s', redirect, 's')).toThrow('did not come from your request');
    expect(() => codeFrom(undefined, redirect, 's')).toThrow('did not come from your request');
    expect(() => codeFrom(`${redirect}?error=access_denied&state=s`, redirect, 's')).toThrow('You cancelled');
  });
});
