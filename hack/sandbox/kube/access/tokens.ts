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

export class Tokens {
  readonly #users = new Map<string, User>();
  /** A token that may do everything. */
  readonly admin = randomBytes(24).toString('base64url');

  constructor() {
    this.add(this.admin, { name: 'sandbox-admin', groups: ['system:masters'] });
  }

  add(token: string, user: User): void {
    this.#users.set(token, { ...user, groups: [...new Set([...user.groups, 'system:authenticated'])] });
  }

  /** A new token for a user, as the TokenRequest API gives it out. */
  issue(user: User): string {
    const token = randomBytes(24).toString('base64url');
    this.add(token, user);
    return token;
  }

  /** The user behind an Authorization header; undefined is a 401. */
  userOf(authorization: string | undefined): User | undefined {
    const [, token] = /^bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
    return token === undefined ? undefined : this.#users.get(token);
  }
}
