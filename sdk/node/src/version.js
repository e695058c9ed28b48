/** The version of package.json, which a test compares with it. */
export const VERSION = '0.2.0';
