// The policy pack runs on the engine of the Pulumi folder, and needs nothing of its own.
exports.needs = ["pulumi"];
