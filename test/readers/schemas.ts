/** The published JSON schemas, from the packages that ship them. */
import { createRequire } from 'node:module';
import { Ajv, type ErrorObject } from 'ajv';
import ajvDraft04 from 'ajv-draft-04';
import ajvFormats from 'ajv-formats';

const require = createRequire(import.meta.url);

/** What a schema has to say against a document; nothing when it is right. */
export type Validator = (document: unknown) => readonly string[];

// Published schemas hold members that are no keywords and patterns older than the u flag: the strict
// ways would refuse the schemas themselves.
const LOOSE = { strict: false, allErrors: true, unicodeRegExp: false } as const;

/** HAR 1.2. */
export function harValidator(): Validator {
  const ajv = new Ajv(LOOSE);
  ajvFormats.default(ajv);
  // A URL as the URL standard spells it, which lets "|" and "[" stand where RFC 3986 does not: it is what
  // went over the wire, and what browsers write in their own HAR files.
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
  ajv.addSchema(Object.values<object>(require('har-schema')));
  return (document) => {
    ajv.validate('har.json#', document);
    return messages(ajv.errors);
  };
}

/** SARIF 2.1.0. */
export function sarifValidator(): Validator {
  const ajv = new ajvDraft04.default(LOOSE);
  ajvFormats.default(ajv);
  const validate = ajv.compile(
    require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object,
  );
  return (document) => {
    validate(document);
    return messages(validate.errors);
  };
}

function messages(errors: readonly ErrorObject[] | null | undefined): readonly string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
