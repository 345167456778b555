// What the sandbox's process tells the one that started it.
import type { ApiTarget } from '../nodes/api.ts';
import type { AzureNews } from './world.ts';

export type SandboxMessage =
  | {
      readonly type: 'ready';
      readonly api: ApiTarget;
      /** What points the controller here; its KUBECONFIG suits kubectl too. */
      readonly controllerEnv: Readonly<Record<string, string>>;
    }
  | ({ readonly type: 'azure' } & AzureNews);

/** Both ends are of one commit: the tag is check enough. */
export function isSandboxMessage(message: unknown): message is SandboxMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    (message.type === 'ready' || message.type === 'azure')
  );
}
