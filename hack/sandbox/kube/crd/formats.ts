// The string formats that CRDs may demand, as kube-openapi's strfmt reads them; any other format is no constraint.
import { isIP, isIPv4, isIPv6 } from 'node:net';

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const dateTime = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const duration = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const wordyDuration =
  /^(?:\d+ ?(?:nanoseconds?|microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|[dw]) ?)+$/;
const hostname = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*\.?$/i;
const email = /^[^\s@<>]+@[^\s@<>]+$/;
const mac = /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const [, date, hours, minutes, seconds] = dateTime.exec(text) ?? [];
  return date !== undefined && isDate(date) && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  return (
    rest.length === 0 && /^\d{1,3}$/.test(bits) && isIP(address) !== 0 && Number(bits) <= (isIPv4(address) ? 32 : 128)
  );
}

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': isDateTime,
  datetime: isDateTime,
  date: isDate,
  duration: (text) => text === '0' || duration.test(text) || wordyDuration.test(text),
  byte: (text) => base64.test(text),
  uri: (text) => text.startsWith('/') || URL.canParse(text),
  email: (text) => email.test(text),
  hostname: (text) => text.length <= 255 && hostname.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: (text) => mac.test(text),
  uuid: (text) => uuid.test(text),
  uuid3: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '3',
  uuid4: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '4',
  uuid5: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '5',
};

/** Whether CRDs can demand `format`; int32 and its like are decoration. */
export function isFormat(format: string): boolean {
  return Object.hasOwn(formats, format);
}

/** Whether `text` is of `format`. Formats that nobody knows hold for every text. */
export function hasFormat(format: string, text: string): boolean {
  return formats[format]?.(text) ?? true;
}
