// The program, and why tests with it are skipped, if they are.
export const PROGRAM = process.env.TERAPI_SIMULATOR;
export const SKIP = PROGRAM ? false : 'TERAPI_SIMULATOR names no program';
