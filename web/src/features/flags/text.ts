import type { Feature, FlagRule } from '@/api/model';

interface FeatureText {
  name: string;
  /** What it lets people do. */
  what: string;
  /** What happens while it is off. */
  off: string;
}

/** What the features are called, and what switching them off means. */
export const featureTexts: Record<Feature, FeatureText> = {
  magnet_jobs: { name: 'Magnet links', what: 'Add downloads by magnet link.', off: 'New magnet links are refused. Downloads that were added stay.' },
  torrent_jobs: { name: 'Torrent files', what: 'Add downloads by .torrent file.', off: 'New torrent files are refused. Downloads that were added stay.' },
  url_jobs: { name: 'Web addresses', what: 'Add downloads by the address of a file.', off: 'New web addresses are refused. Downloads that were added stay.' },
  provider_choice: { name: 'Choice of provider', what: 'Name the provider of a download, where the provider settings allow it.', off: 'The active provider fetches every new download.' },
  failover: { name: 'Failover', what: 'Downloads move to another provider on their own, as the provider settings say.', off: 'Downloads stay where they are until an admin moves them.' },
  archives: { name: 'Zip files', what: 'Get all files of a download as a zip.', off: 'Zips can’t be started, and existing links to them stop working. Single files can still be opened.' },
  shares: { name: 'Shares', what: 'Share files with everyone who has an address.', off: 'Shares can’t be made, and existing ones stop working until this is on again.' },
  passkeys: { name: 'Passkeys', what: 'Add passkeys and sign in with them.', off: 'Passkeys can’t be added, and don’t sign in on their own. They stay as a second step after the password.' },
  api_tokens: { name: 'API tokens', what: 'Use the command line and other programs.', off: 'Tokens can’t be created, and existing ones are refused until this is on again.' },
};

/** Returns whom a rule is for. */
export function targetOf(rule: FlagRule): string {
  if (rule.plan !== '') return `Plan ${rule.planName}`;
  return rule.userId === '' ? 'Everyone' : rule.email;
}
