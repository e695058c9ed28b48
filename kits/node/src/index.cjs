'use strict';

const { Fault } = require('./faults.cjs');
const { findProgram } = require('./program.cjs');
const { startSimulator, Simulator } = require('./simulator.cjs');
const { SimulatorError } = require('./simulator_error.cjs');
const { Stream } = require('./stream.cjs');

module.exports = { startSimulator, findProgram: () => findProgram(), Simulator, Stream, Fault, SimulatorError };
