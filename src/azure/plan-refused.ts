// Why a claim cannot become a pool: thrown by the parts of the plan, and turned into a refusal by the plan itself.

/** The claim's spec asks for what AKS cannot be asked for. The message is for the claim's condition. */
export class PlanRefused extends Error {
  readonly code = 'PLAN_REFUSED';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'PlanRefused';
  }
}
