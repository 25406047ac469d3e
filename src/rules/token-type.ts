/** `token_type` of a token response. */
import { quoted } from '../oauth/quoted.ts';
import { oauth21, rfc6749 } from '../spec/references.ts';
import { headerValue } from '../trace/headers.ts';
import { stringMember } from '../trace/view.ts';
import { atMember, shown } from './evidence.ts';
import { isAccessToken } from './issued-token.ts';
import { defineRule, type Rule } from './rule.ts';
import { judgeGrants } from './token-response.ts';

const typeInvalid = defineRule({
  id: 'token-type-invalid',
  step: 'token',
  fault: 'authorization-server',
  level: 'MUST',
  revisions: 'A-D',
  requires: 'token_type is "Bearer", or "DPoP" where the request carried a proof.',
  why: 'A client must not use a token of a kind it does not know. SDKs whose schema wants token_type throw when it is missing.',
  fix: 'Return "token_type": "Bearer".',
  example: '{"access_token":"…","token_type":"Bearer"}',
  affected: { clients: ['TypeScript SDK', 'VS Code', 'Python SDK'], confidence: 'confirmed' },
  spec: [oauth21('3.2.3'), rfc6749('7.1')],
  outranks: ['token-type-nonstandard-case'],
  judge: (view) =>
    judgeGrants(view, (exchange, document) => {
      const type = stringMember(document, 'token_type')?.toLowerCase();
      const hasProof = headerValue(exchange.request.headers, 'dpop') !== undefined;
      return !isAccessToken(document) || type === 'bearer' || (type === 'dpop' && hasProof)
        ? []
        : [
            {
              message: `token_type is ${shown(document.token_type)}${type === 'dpop' ? ' and the request carried no proof' : ''}, expected "Bearer"`,
              evidence: atMember(exchange, 'token_type'),
            },
          ];
    }),
});

const typeCase = defineRule({
  id: 'token-type-nonstandard-case',
  step: 'token',
  fault: 'authorization-server',
  level: 'MAY',
  revisions: 'A-D',
  requires: 'token_type is spelled as registered: "Bearer", "DPoP".',
  why: 'Case does not matter by the book, but some clients copy the value into the Authorization header, and some servers read that header with case.',
  fix: 'Return "Bearer" with a capital B.',
  example: '"token_type": "Bearer"',
  spec: [rfc6749('5.1')],
  judge: (view) =>
    judgeGrants(view, (exchange, document) => {
      const type = stringMember(document, 'token_type') ?? '';
      const expected = SPELLINGS.get(type.toLowerCase());
      return expected === undefined || expected === type
        ? []
        : [
            {
              message: `token_type is ${quoted(type)}, expected ${quoted(expected)}`,
              evidence: atMember(exchange, 'token_type'),
            },
          ];
    }),
});

/** The rules about token_type. */
export const tokenTypeRules: readonly Rule[] = [typeInvalid, typeCase];

/** How the types that MCP clients know are registered. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
]);
