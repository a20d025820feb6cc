import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Agent = Schemas['AgentInfo'];
export type ApiToken = Schemas['TokenInfo'];
export type Config = Schemas['PublicConfig'];
export type DayUsage = Schemas['DayUsage'];
export type Enrolment = Schemas['Enrolment'];
export type Inspection = Schemas['SourceInfo'];
export type Invitation = Schemas['InvitationView'];
export type Job = Schemas['Job'];
export type JobAction = Job['actions'][number];
export type JobEvent = Schemas['Event'];
export type JobFile = Schemas['File'];
export type JobPage = Schemas['JobList'];
export type JobState = Job['state'];
export type LedgerLine = Schemas['LedgerLine'];
export type Link = Schemas['Link'];
export type LoginResult = Schemas['LoginResult'];
export type MadeToken = Schemas['MadeToken'];
export type Me = Schemas['Me'];
export type Progress = Schemas['Progress'];
export type Session = Schemas['SessionInfo'];
export type TokenScope = Schemas['TokenScope'];
export type TotpOffer = Schemas['TotpOffer'];
export type TotpState = Schemas['TotpState'];
export type Usage = Schemas['UsageInfo'];
export type Workflow = Schemas['Workflow'];
