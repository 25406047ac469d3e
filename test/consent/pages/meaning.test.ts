import { expect, test } from 'vitest';
import { lastSegment, meaningOf } from '../../../src/consent/pages/meaning.ts';

const MEANINGS = {
  approve: [
    'Allow',
    'ALLOW ACCESS',
    'Yes, authorize',
    'Authorise',
    'I agree',
    'Grant',
    'Accept',
    'approve_request',
    'btnAllow',
    'Zulassen',
    'Autoriser',
    'Aceptar',
    'Consenti',
    'Aceitar',
    'Toestaan',
    'Tillåt',
    'Zezwól',
    'Разрешить',
    '許可する',
    '允许',
    '同意',
    '허용',
    'Authorize GitHub App',
  ],
  continue: [
    'Continue',
    'OK',
    'Next',
    'Log in',
    'Sign-In',
    'Submit',
    'Weiter',
    'Anmelden',
    'Oui',
    'Sí',
    'Entrar no aplicativo',
    'Continuer',
    'Tak',
    '次へ',
    '继续',
    'Continue with email',
  ],
  refuse: [
    'Deny',
    'Cancel',
    'No',
    'No, thanks',
    'Not now',
    "Don't allow",
    'Do not authorize',
    'Disallow',
    'Reject',
    'Decline',
    'Ablehnen',
    'Nicht zulassen',
    'Refuser',
    'Rechazar',
    'Não',
    'Avbryt',
    'Odmów',
    'Отказать',
    '拒否',
    '同意しない',
    '不允许',
    '거부',
    'cancel_button',
    'Deny access and continue',
  ],
  aside: [
    'Forgot password?',
    'Sign up',
    'Create an account',
    'Register',
    'Continue with Google',
    'Sign in with GitHub',
    'Mit Microsoft anmelden',
    'Google',
    'Resend code',
    'Log out',
    'Use another account',
    'Accept all cookies',
    'Show password',
    'Sign in with a passkey',
    'Not you?',
    '新規登録',
  ],
} as const;

test.each(
  Object.entries(MEANINGS).flatMap(([meaning, texts]) => texts.map((text) => [text, meaning])),
)('%s means %s', (text, meaning) => {
  expect(meaningOf(text)).toBe(meaning);
});

test.each(['', '1', 'Deutsch', '…', 'notable', 'allowance', 'nobody'])(
  '%j means nothing',
  (text) => {
    expect(meaningOf(text)).toBeUndefined();
  },
);

test.each([
  ['https://deny.example/oauth/authorize?x=cancel', 'authorize'],
  ['https://h/no/consent/', 'consent'],
  ['https://h/interaction/aB3-no_9', ''],
  ['javascript:deny()', ''],
  ['nonsense', ''],
])('the telling part of %s is %j', (address, segment) => {
  expect(lastSegment(address)).toBe(segment);
});
