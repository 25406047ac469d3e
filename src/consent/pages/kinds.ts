import { plainWords } from './meaning.ts';
import type { Field } from './page.ts';

/** What a field asks for. */
export type Kind = 'username' | 'email' | 'password' | 'otp' | 'name';

/**
 * What a field asks for, by its autocomplete, type, name and id, then by what its label and
 * placeholder say; undefined where none of them tells.
 */
export function kindOf(field: Field): Kind | undefined {
  if (!TYPED.has(field.type)) return undefined;
  const tokens = field.autocomplete.split(/\s+/);
  const told = tokens.map((token) => AUTOCOMPLETE.get(token)).find((kind) => kind !== undefined);
  // A one-time code may hide behind dots; any other dotted field is a password.
  if (field.type === 'password')
    return told === 'otp' || OTP_NAME.test(namesOf(field)) ? 'otp' : 'password';
  if (told) return told;
  if (field.type === 'email') return 'email';
  const names = namesOf(field);
  const words = `${plainWords(field.label)} ${plainWords(field.placeholder)}`;
  if (OTHER_CODES.test(`${names} ${words}`)) return undefined;
  return (
    KINDS.find(({ names: pattern }) => pattern.test(names))?.kind ??
    KINDS.find(({ words: pattern }) => pattern.test(words))?.kind
  );
}

/** Types a user types into; an unknown type is a text field to a browser. */
const TYPED: ReadonlySet<string> = new Set(['text', 'email', 'password', 'tel', 'number', 'url']);

const AUTOCOMPLETE: ReadonlyMap<string, Kind> = new Map([
  ['username', 'username'],
  ['email', 'email'],
  ['one-time-code', 'otp'],
  ['current-password', 'password'],
  ['new-password', 'password'],
  ['name', 'name'],
  ['given-name', 'name'],
  ['family-name', 'name'],
]);

const OTP_NAME =
  /\b(?:otp|totp|mfa|2fa|tfa|one time|onetime)\b|\b(?:verification|security|auth|authentication|authenticator|access|login|email|sms) ?code\b|\bpass ?code\b/;

/** Codes that are not for logging in. */
const OTHER_CODES =
  /\b(?:postal|post|zip|country|area|promo|coupon|invite|invitation|referral|discount|plz|captcha)\b/;

/** The patterns of each kind; the first that matches decides, names before words. */
const KINDS: readonly { readonly kind: Kind; readonly names: RegExp; readonly words: RegExp }[] = [
  {
    kind: 'otp',
    names: new RegExp(`${OTP_NAME.source}|\\b(?:code|pin|token|tan)\\b`),
    words:
      /\b(?:one time|einmal\w*|verification code|security code|authenticator|bestatigungscode|code de verification|codigo|codice|passcode|6 digit|six digit)\b|одноразов|код|認証コード|確認コード|验证码|驗證碼|인증/,
  },
  {
    kind: 'email',
    names: /\b(?:e ?mail|mail|email ?address|emailaddress)\b/,
    words: /\b(?:e ?mail|courriel|correo|mail)\b|почта|メール|邮箱|電子郵件|이메일/,
  },
  {
    kind: 'username',
    names:
      /\b(?:user|username|user ?name|user ?id|userid|login|log|log ?in|loginfmt|login ?id|j username|identifier|identity|account|uid|upn|handle|nickname|principal|sign ?in|subject)\b/,
    words:
      /\b(?:user ?name|user|login|account|benutzer\w*|nutzername|anmeldename|utilisateur|identifiant|usuario|utente|gebruikersnaam|brukernavn|anvandarnamn|brugernavn|kayttaja\w*|uzytkownik\w*|uzivatel\w*|kullanici)\b|логин|пользовател|ユーザー|用户名|帐号|账号|사용자|아이디/,
  },
  {
    kind: 'name',
    names: /\b(?:name|full ?name|first ?name|last ?name|given ?name|family ?name|display ?name)\b/,
    words: /\b(?:name|vorname|nachname|prenom|nom|nombre|apellido|nome|cognome)\b/,
  },
];

function namesOf(field: Field): string {
  return `${plainWords(field.name)} ${plainWords(field.id)}`.trim();
}
