// A setting about Azure that cannot work: the process says so and ends, for a retry does not help.

export class ConfigurationError extends Error {
  readonly code = 'CONFIGURATION';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ConfigurationError';
  }
}
