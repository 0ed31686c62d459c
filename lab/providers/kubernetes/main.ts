import { servePlugin } from '../plugin.ts';
import { kubernetesProvider } from './index.ts';

await servePlugin(kubernetesProvider);
