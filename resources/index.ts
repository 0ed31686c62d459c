export * from './global-network-policy.ts';
export * from './ip-pool.ts';
export * from './service-monitor.ts';
