import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Agent = Schemas['AgentInfo'];
export type Config = Schemas['PublicConfig'];
export type Enrolment = Schemas['Enrolment'];
export type Inspection = Schemas['SourceInfo'];
export type Job = Schemas['Job'];
export type JobAction = Job['actions'][number];
export type JobEvent = Schemas['Event'];
export type JobFile = Schemas['File'];
export type JobPage = Schemas['JobList'];
export type JobState = Job['state'];
export type Link = Schemas['Link'];
export type Me = Schemas['Me'];
export type Progress = Schemas['Progress'];
export type Session = Schemas['SessionInfo'];
export type Workflow = Schemas['Workflow'];
