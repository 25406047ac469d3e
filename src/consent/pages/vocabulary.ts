/**
 * The words by which buttons, links and fields are told apart, as `plainWords` spells them: lower
 * case, without accents. Lists of scripts that put no space between words are matched anywhere.
 */

/** Whole words that grant. */
export const APPROVE: ReadonlySet<string> = new Set(
  `allow approve authorize authorise accept grant agree permit consent
  zulassen erlauben akzeptieren zustimmen genehmigen autorisieren gestatten
  autoriser accepter approuver permettre consentir autorizar aceptar permitir aprobar conceder
  autorizza autorizzare consenti consentire accetta accettare approva
  aceitar aprovar toestaan accepteren goedkeuren akkoord tillat godkann acceptera tillad godkend
  godkjenn aksepter salli hyvaksy zezwol akceptuj zatwierdz zgadzam povolit souhlasim engedelyez
  разрешить принять согласен дозволити прийняти onayla`.split(/\s+/),
);

/** Whole words that lead on. */
export const CONTINUE: ReadonlySet<string> = new Set(
  `continue confirm yes ok okay next proceed submit login signin go finish done send verify
  weiter fortfahren bestatigen ja anmelden einloggen absenden oui continuer confirmer suivant
  valider connexion connecter si continuar confirmar siguiente entrar acceder iniciar continua
  conferma avanti accedi sim seguinte doorgaan bevestigen inloggen volgende fortsatt bekrafta
  fortsaet bekraeft bekreft kylla jatka tak kontynuuj potwierdz dalej zaloguj ano pokracovat
  да продолжить подтвердить войти далее так продовжити evet devam`.split(/\s+/),
);

/** Whole words that refuse. */
export const REFUSE: ReadonlySet<string> = new Set(
  `deny cancel reject decline refuse disallow abort disagree forbid block back close dismiss
  ablehnen abbrechen verweigern zuruck refuser annuler rejeter rechazar denegar cancelar
  rifiuta rifiutare nega annulla negar recusar rejeitar weigeren annuleren afwijzen avboj neka
  avbryt afvis annuller avsla peruuta hylkaa odmow odrzuc anuluj zrusit odmitnout
  отклонить отказать отмена отменить запретить reddet iptal vazgec`.split(/\s+/),
);

/** Words that refuse only where they stand nearly alone: `no` is a preposition in Portuguese. */
export const SHORT_REFUSE: ReadonlySet<string> = new Set(
  'no non nein nao nee nej nei nie ne нет ні ei hayir'.split(' '),
);

/** Whole words of what stands beside the way: other accounts, lost passwords, cookie banners. */
export const ASIDE: ReadonlySet<string> = new Set(
  `forgot forgotten reset recover register registration signup subscribe newsletter resend help
  logout signout switch cookie cookies search passkey webauthn
  vergessen registrieren oublie inscrire inscription olvidaste olvide registrarse dimenticata
  registrati esqueceu esqueci vergeten registreren zapomniales abmelden deconnexion
  забыли регистрация`.split(/\s+/),
);

/** Providers whose names mark a way around the form. */
const PROVIDERS =
  'google|git ?hub|git ?lab|bit ?bucket|facebook|apple|microsoft|twitter|x|linked ?in|okta|auth0|slack|discord|amazon|azure|entra|sso|saml|passkey|a passkey|security key|face id|metamask|wechat';

/** Phrases, each with what it means; tried before single words. */
export const PHRASES: readonly (readonly [RegExp, 'refuse' | 'aside'])[] = [
  [/\b(?:do not|don t|not) (?:allow|approve|authori[sz]e|accept|grant|agree|consent)\b/, 'refuse'],
  [
    /\b(?:no thanks|not now|nicht (?:erlauben|zulassen|zustimmen)|ne pas|no (?:permitir|autorizar|aceptar))\b/,
    'refuse',
  ],
  [/\b(?:sign up|create|new) (?:\w+ )?account\b|\bsign up\b|\b(?:join|register) now\b/, 'aside'],
  [/\b(?:log|sign) out\b|\b(?:not you|another|different|other) (?:account|user|way)\b/, 'aside'],
  [/\bnot you\b|\bshow password\b|\bnew code\b|\b(?:send|resend) .{0,20}\bagain\b/, 'aside'],
  [
    new RegExp(`\\b(?:with|via|using|mit|avec|con|com|met|med|through) (?:${PROVIDERS})\\b`),
    'aside',
  ],
  [new RegExp(`^(?:${PROVIDERS})$`), 'aside'],
];

/** Pieces of words in scripts without spaces, refusing ones first: one may hold another. */
export const PIECES: readonly (readonly [RegExp, 'refuse' | 'aside' | 'approve' | 'continue'])[] = [
  [
    /拒否|拒绝|拒絕|キャンセル|取消|いいえ|しない|戻る|不允许|不允許|不同意|否|거부|취소|아니요|رفض|إلغاء|ביטול|דחה/,
    'refuse',
  ],
  [/忘れ|忘记|忘記|登録|注册|註冊|회원가입|비밀번호 찾기/, 'aside'],
  [
    /許可|承認|同意|允许|允許|授权|授權|批准|接受|허용|동의|승인|السماح|سماح|موافق|אישור|אפשר/,
    'approve',
  ],
  [
    /はい|続行|続ける|次へ|確認|ログイン|确认|继续|繼續|是|登录|登入|下一步|확인|계속|로그인|예|نعم|متابعة|המשך/,
    'continue',
  ],
];
