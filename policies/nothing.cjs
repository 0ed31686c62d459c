// Stands for the parts of the SDK that a policy pack never calls: see lean.js.
module.exports = {};
