// The rules of the CRD of Workspaces, asked once more: the CRD that KAITO leaves behind has none, and its webhook is gone.
import { countOf, type UncheckedWorkspace } from '../apis/workspace.ts';

type Resource = NonNullable<UncheckedWorkspace['resource']>;
type Selector = NonNullable<Resource['labelSelector']>;
type Inference = NonNullable<UncheckedWorkspace['inference']>;
type Adapter = NonNullable<Inference['adapters']>[number];
type Preset = NonNullable<Inference['preset']>;
type Tuning = NonNullable<UncheckedWorkspace['tuning']>;

interface Mistake {
  /** Below what the rule is of; empty: that itself. */
  readonly field: string;
  readonly message: string;
}
type Mistakes = readonly Mistake[];

/** Of crds/kaito.sh_workspaces.yaml, as are all words and patterns here. */
const mostNodes = 100;
const mostAdapters = 10;
const imageName = /^(.+\/[^:/]+):([^:/]+)$/;
const adapterName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** An adapter's name is a container's, which is a DNS label. */
const longestName = 63;
const strengthText = /^(0([.][0-9]+)?|[.][0-9]+|1([.]0*)?)$/;
const methodName = /^q?lora$/i;

/**
 * The first rule that is broken, in the words of the CRD, after the field; undefined: all hold, so that what the type of a
 * Workspace promises is there. Rules that compare with an earlier version are not asked.
 */
export function brokenRule(workspace: UncheckedWorkspace): string | undefined {
  const { resource, inference, tuning } = workspace;
  const [first] = [
    ...unless(
      inference !== undefined || tuning !== undefined,
      'Either Inference or Tuning must be specified, not neither',
    ),
    ...unless(
      inference === undefined || tuning === undefined,
      'Either Inference or Tuning must be specified, but not both',
    ),
    ...required('resource', resource, ofResource),
    ...given('inference', inference, ofInference),
    ...given('tuning', tuning, ofTuning),
    ...unless(
      tuning === undefined || countOf(workspace) === 1,
      'Tuning does not currently support multinode configurations, so that resource.count must be 1',
    ),
  ];
  if (first === undefined) return undefined;
  return first.field === '' ? first.message : `${first.field}: ${first.message}`;
}

function ofResource({ count = 1, labelSelector }: Resource): Mistakes {
  return [
    ...given('count', count, () => unless(count >= 1 && count <= mostNodes, `must be from 1 to ${mostNodes}`)),
    ...required('labelSelector', labelSelector, ofSelector),
  ];
}

function ofSelector({ matchExpressions = [] }: Selector): Mistakes {
  return unless(
    matchExpressions.every(({ operator, values }) => operator === 'In' && values?.length === 1),
    'labelSelector must be labels, so each of matchExpressions must say In with one value',
  );
}

function ofInference({ preset, template, adapters = [] }: Inference): Mistakes {
  const names = adapters.map(({ source }) => source?.name);
  return [
    ...unless(preset !== undefined || template !== undefined, 'Preset or Template must be specified'),
    ...unless(preset === undefined || template === undefined, 'Preset and Template cannot be set at the same time'),
    ...given('preset', preset, ofPreset),
    ...unless(
      adapters.length <= mostAdapters,
      `Number of Adapters exceeds the maximum limit, maximum of ${mostAdapters} allowed`,
    ),
    ...adapters.flatMap((adapter, index) => given(`adapters[${index}]`, adapter, ofAdapter)),
    ...unless(new Set(names).size === names.length, 'Duplicate adapter source name found'),
  ];
}

function ofAdapter({ source, strength = '1.0' }: Adapter): Mistakes {
  return [
    ...required('source', source, ({ name = '', image, urls, volumeSource }) => [
      ...unless(
        adapterName.test(name) && name.length <= longestName,
        'Adapter must have a name, of lower case letters, digits and dashes',
      ),
      ...unless(volumeSource === undefined, 'Volume support is not implemented yet'),
      ...unless(image !== undefined && urls === undefined, 'Adapter must come from an image'),
      ...unless(image === undefined || imageName.test(image), 'Invalid image format, require full input image URL'),
    ]),
    ...given('strength', strength, (text) =>
      unless(strengthText.test(text), 'Strength must be a number between 0 and 1'),
    ),
  ];
}

function ofPreset({ name, accessMode, presetOptions }: Preset): Mistakes {
  return [
    ...required('name', name, () => []),
    ...unless(
      accessMode !== 'private' || isText(presetOptions?.image),
      'When AccessMode is private, an image must be provided in PresetOptions',
    ),
  ];
}

function ofTuning({ preset, method, input, output }: Tuning): Mistakes {
  return [
    ...required('preset', preset, ofPreset),
    ...required('method', method, (text) =>
      unless(methodName.test(text), 'invalid value Method, it must be lora or qlora'),
    ),
    ...required('input', input, ofInput),
    ...required('output', output, ofOutput),
  ];
}

function ofInput({ image, urls = [], volumeSource }: NonNullable<Tuning['input']>): Mistakes {
  return [
    ...unless(volumeSource === undefined, 'Volume support is not implemented yet'),
    ...unless(isText(image) !== urls.length > 0, 'Exactly one of URLs, Volume, or Image must be specified'),
    ...unless(image === undefined || imageName.test(image), 'Invalid image format, require full input image URL'),
  ];
}

function ofOutput({ image, imagePushSecret, volumeSource }: NonNullable<Tuning['output']>): Mistakes {
  return [
    ...unless(volumeSource === undefined, 'Volume support is not implemented yet'),
    ...unless(isText(image), 'At least one of Volume or Image must be specified'),
    ...unless(!isText(image) || isText(imagePushSecret), 'Must specify imagePushSecret with destination image'),
    ...unless(!isText(image) || imageName.test(image), 'Invalid image format, require full output image URL'),
  ];
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function unless(holds: boolean, message: string): Mistakes {
  return holds ? [] : [{ field: '', message }];
}

/** What is broken in a field, if it is there. */
function given<T>(path: string, value: T | undefined, rules: (value: T) => Mistakes): Mistakes {
  if (value === undefined) return [];
  return rules(value).map(({ field, message }) => ({ field: field === '' ? path : `${path}.${field}`, message }));
}

function required<T>(path: string, value: T | undefined, rules: (value: T) => Mistakes): Mistakes {
  return value === undefined ? [{ field: path, message: 'Required value' }] : given(path, value, rules);
}
