// For `import`. Everything is in CommonJS, which `require` and Jest, as it is without settings, can read too.
import kit from './index.cjs';

export const { startSimulator, findProgram, Simulator, Stream, Fault, SimulatorError } = kit;
