import type { Feature, FlagRule } from '@/api/model';
import { text } from '@/lib/messages';

import './messages/catalogue';

interface FeatureText {
  name: string;
  /** What it lets people do. */
  what: string;
  /** What happens while it is off. */
  off: string;
}

/** What the features are called, and what switching them off means. */
export const featureTexts: Record<Feature, FeatureText> = {
  magnet_jobs: { name: text('flags:text.magnetLinks'), what: text('flags:text.addDownloadsBy'), off: text('flags:text.newMagnetLinks') },
  torrent_jobs: { name: text('flags:text.torrentFiles'), what: text('flags:text.addDownloadsByTorrent'), off: text('flags:text.newTorrentFiles') },
  url_jobs: { name: text('flags:text.webAddresses'), what: text('flags:text.addDownloadsByThe'), off: text('flags:text.newWebAddresses') },
  provider_choice: { name: text('flags:text.choiceOfProvider'), what: text('flags:text.nameTheProvider'), off: text('flags:text.theActiveProvider') },
  failover: { name: text('flags:text.failover'), what: text('flags:text.downloadsMoveTo'), off: text('flags:text.downloadsStayWhere') },
  archives: { name: text('flags:text.zipFiles'), what: text('flags:text.getAllFiles'), off: text('flags:text.zipsCantBe') },
  shares: { name: text('flags:text.shares'), what: text('flags:text.shareFilesWith'), off: text('flags:text.sharesCantBe') },
  passkeys: { name: text('flags:text.passkeys'), what: text('flags:text.addPasskeysAnd'), off: text('flags:text.passkeysCantBe') },
  api_tokens: { name: text('flags:text.apiTokens'), what: text('flags:text.useTheCommand'), off: text('flags:text.tokensCantBe') },
};

/** Returns whom a rule is for. */
export function targetOf(rule: FlagRule): string {
  if (rule.plan !== '') return text('flags:text.plan', { planName: rule.planName });
  return rule.userId === '' ? text('flags:text.everyone') : rule.email;
}
