export * from './global-network-policy.ts';
export * from './service-monitor.ts';
