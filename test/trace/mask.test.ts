import { describe, expect, it } from 'vitest';
import { createMask } from '../../src/trace/redact.ts';
import { machineLabel } from '../../src/trace/secret.ts';
import { exchange, jsonBody } from './support.ts';

const TOKEN = 'Xq7-mB3kPz0Vt9Hs2Wn6Kd4Rf8Jc5Ly1';

describe('a mask', () => {
  it.each([
    ['as typed', 'login failed for hunter2&co'],
    ['in a URL', 'POST /login?x=hunter2%26co'],
    ['in JSON', '{"p":"hunter2\\u0026co"}'],
    ['in base64', `Basic ${Buffer.from('me:hunter2&co').toString('base64')}`],
  ])('hides what the user typed %s', (_, line) => {
    const masked = createMask([{ kind: 'password', value: 'hunter2&co' }])(line);
    expect(masked).toMatch(/password( |%20)(#|%23)1/);
    expect(masked).not.toMatch(/hunter2|aHVudGVyMi/);
  });

  it('hides what a place gives away', () => {
    expect(createMask()('GET http://localhost:1/callback?code=abc&iss=x')).toBe(
      'GET http://localhost:1/callback?code=%3Ccode%20%231%3E&iss=x',
    );
  });

  it('learns from an exchange', () => {
    const mask = createMask();
    expect(mask(`odd: ${TOKEN}`)).toContain(TOKEN);
    mask.see(exchange({ responseBody: jsonBody({ access_token: TOKEN }) }));
    expect(mask(`odd: ${TOKEN}`)).toBe(`odd: ${machineLabel('access_token', TOKEN)}`);
  });

  it('learns what the user brings later', () => {
    const mask = createMask();
    mask.learn([{ kind: 'otp', value: '918273' }]);
    expect(mask('code 918273 was wrong')).toBe('code <otp #1> was wrong');
  });

  it('keeps the label of a secret from line to line', () => {
    const mask = createMask([{ kind: 'password', value: 'one-one' }]);
    mask.learn([{ kind: 'password', value: 'two-two' }]);
    expect([mask('two-two'), mask('one-one'), mask('two-two')]).toEqual([
      '<password #1>',
      '<password #2>',
      '<password #1>',
    ]);
  });

  it('takes the scheme off a header that the user gave', () => {
    const mask = createMask([{ kind: 'header', value: `Bearer ${TOKEN}`, human: true }]);
    expect(mask(`sent ${TOKEN}`)).toBe('sent <header #1>');
  });

  it('hides the beginning that a cut left of a secret', () => {
    const mask = createMask([{ kind: 'password', value: 'correct-horse-battery' }]);
    expect(mask('answered 400 "no correct-hor…", expected 200')).toBe(
      'answered 400 "no <password #1>…", expected 200',
    );
  });

  it('leaves plain lines alone', () => {
    const line =
      '✓ token  POST /token  200  (12 ms) — scope "a b", issuer https://login.demo.test/t1';
    expect(createMask([{ kind: 'password', value: 'password' }])(line)).toBe(line);
  });
});
