import { describe, expect, it } from 'vitest';
import { aWorkspace } from '../../test/support/workspaces.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { eventsBetween } from './workspace-events.ts';

type Said = readonly [type: string, status: 'True' | 'False' | 'Unknown', reason: string];

function saying(...all: readonly Said[]): Workspace {
  const lastTransitionTime = '2026-03-01T12:00:00Z';
  const conditions = all.map(([type, status, reason]) => ({
    type,
    status,
    reason,
    message: `${type} because ${reason}`,
    lastTransitionTime,
  }));
  return aWorkspace({ status: { conditions } });
}

function told(before: Workspace, after: Workspace): readonly string[] {
  return eventsBetween(before, after).map(({ type, reason }) => `${type} ${reason}`);
}

describe('eventsBetween', () => {
  it('is silent where nothing turned', () => {
    const same = saying(['MachineReady', 'False', 'QuotaExceeded'], ['WorkspaceReady', 'False', 'workspaceFailed']);
    expect(told(same, same)).toEqual([]);
  });

  it('is silent about what every Workspace goes through', () => {
    const begun = saying(
      ['MachineReady', 'Unknown', 'CreateMachinePending'],
      ['ResourceReady', 'False', 'NodesPending'],
      ['InferenceReady', 'False', 'WorkspaceInferenceStatusPending'],
      ['WorkspaceReady', 'False', 'workspacePending'],
    );
    expect(told(aWorkspace(), begun)).toEqual([]);
  });

  it('warns of what will not end by itself, once', () => {
    const refused = saying(
      ['MachineReady', 'False', 'QuotaExceeded'],
      ['ResourceReady', 'False', 'QuotaExceeded'],
      ['WorkspaceReady', 'False', 'workspaceFailed'],
      ['WorkspaceSucceeded', 'False', 'workspaceFailed'],
    );
    expect(told(aWorkspace(), refused)).toEqual(['Warning QuotaExceeded']);
  });

  it('tells of trouble that may end without a warning', () => {
    const pulling = saying(
      ['InferenceReady', 'False', 'ErrImagePull'],
      ['WorkspaceReady', 'False', 'workspacePending'],
    );
    expect(told(aWorkspace(), pulling)).toEqual(['Normal ErrImagePull']);
  });

  it('leaves to the claims what they say on their way, and says when one that served does not', () => {
    const joining = saying(['MachineReady', 'Unknown', 'NodeNotReady']);
    expect(told(aWorkspace(), joining)).toEqual([]);
    expect(told(saying(['MachineReady', 'True', 'installNodePluginsSuccess']), joining)).toEqual([
      'Normal NodeNotReady',
    ]);
  });

  it('tells of each good turn, the whole last and its twin not at all', () => {
    const served = saying(
      ['WorkspaceReady', 'True', 'workspaceReady'],
      ['ResourceReady', 'True', 'workspaceResourceStatusSuccess'],
      ['InferenceReady', 'True', 'WorkspaceInferenceStatusSuccess'],
      ['WorkspaceSucceeded', 'True', 'workspaceSucceeded'],
    );
    expect(told(aWorkspace(), served)).toEqual([
      'Normal workspaceResourceStatusSuccess',
      'Normal WorkspaceInferenceStatusSuccess',
      'Normal workspaceReady',
    ]);
  });
});
