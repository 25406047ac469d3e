// What reading a trace is measured against: JSON.parse and the schema, and nothing else.
import { readFileSync } from 'node:fs';
import { traceSchema } from '../../src/trace/schema.ts';

for (const file of process.argv.slice(2)) traceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
