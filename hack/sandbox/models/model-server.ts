// A stand-in for a served model: the paths and shapes of KAITO's image, with answers that nobody can mistake for a model's.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isObject, textAt } from '../aks/json.ts';

const longestBody = 1_000_000;

/** As the images of v0.3.x answer (contract of KAITO: /chat, /healthz, /metrics), and the health path of v0.4. */
export function createModelServer(model: string): Server {
  return createServer((request, response) => {
    answer(model, request, response).catch(() => send(response, 500, { detail: 'Internal Server Error' }));
  });
}

async function answer(model: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method ?? 'GET'} ${(request.url ?? '/').split('?')[0] ?? '/'}`;
  switch (route) {
    case 'GET /':
      return send(response, 200, { message: 'Server is running' });
    case 'GET /healthz':
    case 'GET /health':
      return send(response, 200, { status: 'Healthy' });
    case 'GET /metrics':
      return send(response, 200, { gpu_info: [], cpu_info: {} });
    case 'POST /chat': {
      const prompt = promptOf(await bodyOf(request));
      return prompt === undefined
        ? send(response, 400, { detail: 'Text generation parameter prompt required' })
        : send(response, 200, { Result: `The stand-in for ${model} was asked: ${prompt}` });
    }
    default:
      return send(response, 404, { detail: 'Not Found' });
  }
}

function promptOf(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? textAt(body, 'prompt') : undefined;
  } catch {
    return undefined; // no JSON: there is no prompt in it
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    if (length > longestBody) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
