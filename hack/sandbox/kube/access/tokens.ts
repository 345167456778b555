// Who is calling: bearer tokens and the users behind them.
import { randomBytes } from 'node:crypto';
import type { PolicyRule } from './rules.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What this user may do, as RBAC rules; absent: everything. */
  readonly rules?: readonly PolicyRule[];
}

// What the ClusterRole system:basic-user lets everybody do who is somebody: ask about himself.
const basicUser: readonly PolicyRule[] = [
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
];

interface Entry {
  readonly user: User;
  readonly expires?: Date;
}

export class Tokens {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => Date;
  /** A token that may do everything. */
  readonly admin = randomBytes(24).toString('base64url');

  constructor(now: () => Date) {
    this.#now = now;
    this.add(this.admin, { name: 'sandbox-admin', groups: ['system:masters'] });
  }

  add(token: string, user: User, expires?: Date): void {
    const groups = [...new Set([...user.groups, 'system:authenticated'])];
    const rules = user.rules && [...user.rules, ...basicUser];
    this.#entries.set(token, {
      user: { ...user, groups, ...(rules && { rules }) },
      ...(expires !== undefined && { expires }),
    });
  }

  /** A new token for a user, as the TokenRequest API gives it out. */
  issue(user: User, expires: Date): string {
    const token = randomBytes(24).toString('base64url');
    const known = [...this.#entries.values()].find((entry) => entry.user.name === user.name);
    const rules = known?.user.rules;
    this.add(token, { ...user, ...(rules !== undefined && { rules }) }, expires);
    return token;
  }

  /** The user behind an Authorization header; undefined is a 401. */
  userOf(authorization: string | undefined): User | undefined {
    const [, token] = /^bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
    return token === undefined ? undefined : this.userOfToken(token);
  }

  userOfToken(token: string): User | undefined {
    const entry = this.#entries.get(token);
    const expired = entry?.expires !== undefined && entry.expires <= this.#now();
    return expired ? undefined : entry?.user;
  }

  /** A user by name, as access reviews about others need it. */
  named(name: string): User | undefined {
    return [...this.#entries.values()].find((entry) => entry.user.name === name)?.user;
  }
}
