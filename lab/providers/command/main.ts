import { servePlugin } from '../plugin.ts';
import { commandProvider } from './index.ts';

await servePlugin(commandProvider);
