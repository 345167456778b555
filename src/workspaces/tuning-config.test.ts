import { describe, expect, it } from 'vitest';
import { checkTuningConfig, methodTemplate } from './tuning-config.ts';

function check(text: string, method: 'lora' | 'qlora' = 'lora'): ReturnType<typeof checkTuningConfig> {
  return checkTuningConfig({ 'training_config.yaml': text }, { name: 'mine', method });
}

describe('checkTuningConfig', () => {
  it.each(['lora', 'qlora'] as const)('takes the settings that are made for %s', (method) => {
    const template = methodTemplate(method, 'ns');
    expect(template).toMatchObject({ metadata: { name: `${method}-params-template`, namespace: 'ns' } });
    const data: unknown = 'data' in template ? template.data : undefined;
    expect(checkTuningConfig(Object(data), { name: 'x', method })).toEqual({ ok: true, outputDir: '/mnt/results' });
  });

  it.each([
    ['training_config: {}', '/mnt/output'],
    ['training_config: {TrainingArguments: {output_dir: /mnt/here/there}}', '/mnt/here/there'],
    ['training_config: {TrainingArguments: {output_dir: here}}', '/mnt/here'],
  ])('puts the results of %s into %s', (text, outputDir) => {
    expect(check(text)).toEqual({ ok: true, outputDir });
  });

  it.each([
    ['a: [', 'is not YAML'],
    ['a: b', "has no 'training_config'"],
    ['training_config: {Other: {}}', 'Unrecognized section: Other'],
    ['training_config: {QuantizationConfig: {load_in_4bit: true}}', "For method 'lora'"],
    ['training_config: {QuantizationConfig: {load_in_4bit: true, load_in_8bit: true}}', 'Cannot set both'],
    ['training_config: {TrainingArguments: {output_dir: /mnt}}', 'must be a directory'],
    ['training_config: {TrainingArguments: {output_dir: ../etc}}', 'must be a directory'],
    ['training_config: {TrainingArguments: {output_dir: "/mnt/$(id)"}}', 'must be a directory'],
    ['training_config: {TrainingArguments: {output_dir: 5}}', 'not a string'],
  ])('refuses %s', (text, why) => {
    expect(check(text)).toMatchObject({ ok: false, message: expect.stringContaining(why) });
  });

  it('needs quantization for qlora, and the file itself', () => {
    expect(check('training_config: {}', 'qlora')).toMatchObject({ ok: false });
    expect(checkTuningConfig({}, { name: 'mine', method: 'lora' })).toMatchObject({
      message: "ConfigMap 'mine' has no key 'training_config.yaml'",
    });
  });
});
