import { expect, test } from 'vitest';
import { kindOf } from '../../../src/consent/pages/kinds.ts';
import { fieldsOf } from '../../../src/consent/pages/page.ts';
import { parsePage } from '../../../src/consent/pages/parse.ts';

test.each([
  ['<input name="username">', 'username'],
  ['<input name="j_username">', 'username'],
  ['<input name="session[username_or_email]">', 'email'],
  ['<input name="loginfmt" type="email">', 'email'],
  ['<input name="identifier" id="identifierId">', 'username'],
  ['<input name="UserName">', 'username'],
  ['<input name="log">', 'username'],
  ['<input name="f1" autocomplete="section-a username">', 'username'],
  ['<input name="f1" placeholder="Benutzername">', 'username'],
  ['<label>Adresse e-mail <input name="f1"></label>', 'email'],
  ['<label>Имя пользователя <input name="f1"></label>', 'username'],
  ['<label>メールアドレス <input name="f1"></label>', 'email'],
  ['<input name="pwd" type="password">', 'password'],
  ['<input name="f2" type="PASSWORD" autocomplete="new-password">', 'password'],
  ['<input name="otp">', 'otp'],
  ['<input name="otpCode" type="password">', 'otp'],
  ['<input name="code" type="tel">', 'otp'],
  ['<input name="f3" autocomplete="one-time-code">', 'otp'],
  ['<label>Code de vérification <input name="f3"></label>', 'otp'],
  ['<label>验证码 <input name="f3"></label>', 'otp'],
  ['<input name="full_name">', 'name'],
  ['<input name="company">', undefined],
  ['<input name="postal_code">', undefined],
  ['<label>Promo code <input name="f4"></label>', undefined],
  ['<input name="username" type="hidden">', undefined],
  ['<input name="username" type="checkbox">', undefined],
  ['<textarea name="email"></textarea>', undefined],
])('%s asks for %s', (html, kind) => {
  const [field] = parsePage(`<form>${html}</form>`, 'https://h/').forms.flatMap(fieldsOf);
  expect(field && kindOf(field)).toBe(kind);
});
