import fc from 'fast-check';

/** One seed for every property: a run that fails today fails tomorrow. FC_SEED hunts elsewhere. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261121) });
