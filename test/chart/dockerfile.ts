// A Dockerfile as instructions, so that what it says can be tested where no Docker runs.

export interface Instruction {
  readonly name: string;
  /** Continued lines are joined. */
  readonly text: string;
}

/** The stages, in order: each begins with its FROM. What comes before the first is the stage 0. */
export function stagesOf(dockerfile: string): readonly (readonly Instruction[])[] {
  const stages: Instruction[][] = [[]];
  const joined = dockerfile.replaceAll(/^\s*#.*\n/gmu, '').replaceAll(/\\\n\s*/gu, '');
  for (const line of joined.split('\n').filter((each) => each.trim() !== '')) {
    const [, name = '', text = ''] = /^(\S+)\s+(.*)$/u.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text });
  }
  return stages;
}

/** The texts of all instructions of that name. */
export function textsOf(stage: readonly Instruction[], name: string): readonly string[] {
  return stage.filter((each) => each.name === name).map(({ text }) => text);
}

export interface Copy {
  /** Undefined: from the directory that is built. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function copiesOf(stage: readonly Instruction[]): readonly Copy[] {
  return textsOf(stage, 'COPY').map((text) => {
    const words = text.split(/\s+/u);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
  });
}
