import type { Icon } from '@tabler/icons-react';

import { IconAlertTriangle, IconBell, IconDownload, IconFolder, IconGauge, IconPuzzle, IconServer2, IconSettings, IconShare, IconShieldLock, IconTrash, IconUsers } from '@/components/icons';

/** The pages that the palette opens, in their order. */
export const pages = [
  { name: 'home', to: '/', icon: IconDownload, admin: false },
  { name: 'library', to: '/files', icon: IconFolder, admin: false },
  { name: 'shares', to: '/shares', icon: IconShare, admin: false },
  { name: 'trash', to: '/trash', icon: IconTrash, admin: false },
  { name: 'usage', to: '/usage', icon: IconGauge, admin: false },
  { name: 'settings', to: '/settings', icon: IconSettings, admin: false },
  { name: 'told', to: '/notifications', icon: IconBell, admin: false },
  { name: 'notifications', to: '/settings/notifications', icon: IconBell, admin: false },
  { name: 'extension', to: '/extension', icon: IconPuzzle, admin: false },
  { name: 'notices', to: '/notices', icon: IconAlertTriangle, admin: false },
  { name: 'admin', to: '/admin', icon: IconShieldLock, admin: true },
  { name: 'adminJobs', to: '/admin/jobs', icon: IconDownload, admin: true },
  { name: 'adminUsers', to: '/admin/users', icon: IconUsers, admin: true },
  { name: 'adminAgents', to: '/admin/agents', icon: IconServer2, admin: true },
] as const satisfies readonly { name: string; to: string; icon: Icon; admin: boolean }[];

/** Reports whether each word that was typed begins a word of the label. */
export function matches(label: string, typed: string): boolean {
  const words = label.toLowerCase().split(/\s+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((begin) => words.some((word) => word.startsWith(begin)));
}
