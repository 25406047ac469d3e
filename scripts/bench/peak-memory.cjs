// Loaded before a program: leaves behind how much memory it had at most, in KiB.
'use strict';

const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.PEAK_MEMORY_REPORT, String(process.resourceUsage().maxRSS));
});
