package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/files"
	"longhaul/internal/store/postgres"
	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// IdempotencyTTL is how long an Idempotency-Key is remembered.
const IdempotencyTTL = 24 * time.Hour

// SubmitJob accepts a job in one transaction: replayed is true when the
// idempotency key was used for the same request within 24 h, and job is then
// the one of that time. It refuses a kind of source that is off for the user, an
// account with too many strikes, blocked content, a second open job of the
// user for the same content, a selection that does not fit the manifest, and a
// provider that may not be named or cannot fetch such a source, and a
// known size that the user's plan could never keep. A job of known size that
// fits now holds its storage from here on; one that does not waits for room,
// unless the submit says to refuse it.
func (js *Jobs) SubmitJob(ctx context.Context, n models.NewJob) (job models.Job, replayed bool, err error) {
	err = js.db.Tx(ctx, func(ctx context.Context) error {
		job = js.draft(n)
		var err error
		if n.IdempotencyKey != "" {
			replayed, err = js.claimKey(ctx, n, &job)
			if err != nil || replayed {
				return err
			}
		}
		if err := js.flags.RequireFlag(ctx, models.FlagOf(n.Source.Kind), n.UserID); err != nil {
			return err
		}
		if err := js.strikes.Refuse(ctx, job.UserID); err != nil {
			return err
		}
		if err := js.blocks.Refuse(ctx, job); err != nil {
			return err
		}
		if n.RefuseIfHeld {
			if err := js.refuseHeld(ctx, job); err != nil {
				return err
			}
		}
		if job.Provider, err = js.providers.ChooseProvider(ctx, n); err != nil {
			return err
		}
		if n.Manifest != nil {
			js.filter(&job, n.Manifest.Files)
			files.Measure(&job, *n.Manifest)
			if job.FileCount == 0 {
				return models.Fault(models.ProblemBadSelection, "The selection names no file of this source.").In("select")
			}
		}
		return js.insertJob(ctx, &job, n)
	})
	if err != nil {
		return models.Job{}, false, err
	}
	return job, replayed, nil
}

// draft returns a new job's row, as far as the request determines it.
func (js *Jobs) draft(n models.NewJob) models.Job {
	now := js.db.Now()
	job := models.Job{
		ID: js.db.NewID(), UserID: n.UserID, SourceKind: n.Source.Kind, SourceURI: n.Source.URI,
		SourceLogin: n.SealedLogin, OriginURI: n.Source.Origin,
		InfoHashV1: orNil(n.Source.InfoHashV1), InfoHashV2: orNil(n.Source.InfoHashV2),
		Name: n.Source.Name, Private: n.Source.Private, KeepPage: n.Source.KeepPage,
		ChooseFiles: n.ChooseFiles, Selection: n.Selected,
		State: models.StateQueued, StateSince: now, Provider: models.ProviderAgent, Failover: n.Failover, Run: 1,
		Reason: models.Because(models.ReasonAccepted), Attempt: min(1, js.MaxAttempts), MaxAttempts: js.MaxAttempts,
		CreatedAt: now, UpdatedAt: now,
	}
	if job.Selection == nil && !n.ChooseFiles {
		job.Selection = n.Source.Select
	}
	if n.Filter != nil && job.Selection == nil && !n.ChooseFiles {
		job.FileRules = n.Filter
	}
	if n.Manifest != nil {
		job.Name = cmp.Or(n.Manifest.Name, job.Name)
		job.InfoHashV1 = cmp.Or(job.InfoHashV1, orNil(n.Manifest.InfoHashV1))
		job.InfoHashV2 = cmp.Or(job.InfoHashV2, orNil(n.Manifest.InfoHashV2))
		job.Private = job.Private || n.Manifest.Private
	}
	job.Name = cmp.Or(job.Name, n.Source.InfoHash(), "Download")
	return job
}

// claimKey makes the key point to the job. When the key is taken already it
// loads that job instead and reports a replay. A concurrent submit with the
// same key waits here for the first one's end.
func (js *Jobs) claimKey(ctx context.Context, n models.NewJob, job *models.Job) (bool, error) {
	now := js.db.Now()
	claimed, err := js.db.Exec(ctx, "claim idempotency key", `
		insert into idempotency_keys as k (user_id, key, request_hash, job_id, created_at) values (?, ?, ?, ?, ?)
		on conflict (user_id, key) do update
			set request_hash = excluded.request_hash, job_id = excluded.job_id, created_at = excluded.created_at
			where k.created_at <= ?`,
		n.UserID, n.IdempotencyKey, n.RequestHash, job.ID, now, now.Add(-IdempotencyTTL))
	if err != nil || claimed == 1 {
		return false, err
	}
	var earlier struct {
		RequestHash []byte
		JobID       uuid.UUID
	}
	err = js.db.Row(ctx, &earlier, "load idempotency key",
		`select request_hash, job_id from idempotency_keys where user_id = ? and key = ?`, n.UserID, n.IdempotencyKey)
	if err != nil {
		return false, err
	}
	if !slices.Equal(earlier.RequestHash, n.RequestHash) {
		return false, models.Fault(models.ProblemKeyReused, "This Idempotency-Key came with another request before.")
	}
	*job = models.Job{} // a filled key would become part of the condition
	err = js.db.Conn(ctx).Where("user_id = ? and id = ? and delete_at is null", n.UserID, earlier.JobID).Take(job).Error
	if err = postgres.Translate(err, "load job of idempotency key"); models.IsNotFound(err) {
		return false, models.Errorf(models.CodeConflict, "The job of this request was deleted.")
	}
	return true, err
}

// insertJob writes the job with what belongs to it. An open job of the user
// for the same content makes the insert do nothing.
func (js *Jobs) insertJob(ctx context.Context, job *models.Job, n models.NewJob) error {
	res := js.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(job)
	if res.Error != nil {
		return postgres.Translate(res.Error, "insert job")
	}
	if res.RowsAffected == 0 {
		return js.duplicate(ctx, *job)
	}
	metainfo := n.Source.Metainfo
	if n.Manifest != nil {
		if len(metainfo) == 0 {
			metainfo = n.Manifest.Metainfo
		}
		if err := js.files.Add(ctx, *job, *n.Manifest); err != nil {
			return err
		}
		if err := js.blocks.MarkNew(ctx, *job); err != nil {
			return err
		}
	}
	if err := js.files.SaveMetainfo(ctx, job.ID, metainfo); err != nil {
		return err
	}
	if err := js.labels.Attach(ctx, *job, n.Labels); err != nil {
		return err
	}
	if err := js.outbox.Enqueue(ctx, models.OutboxStart, job.ID); err != nil {
		return err
	}
	if err := js.reserveNew(ctx, job, n.RefuseIfFull); err != nil {
		return err
	}
	if err := js.noteSource(ctx, *job, notesOf(n)); err != nil {
		return err
	}
	if n.Manifest != nil {
		if err := js.noteFilter(ctx, *job, n.Manifest.Files); err != nil {
			return err
		}
	}
	if !n.StartPaused {
		return nil
	}
	return js.ask(ctx, job, models.Ask{Act: models.ActionPause})
}

// notesOf is what was noted about a source and what is known to be in it.
func notesOf(n models.NewJob) []models.Reason {
	notes := n.Source.Notes
	if n.Manifest != nil {
		notes = slices.Concat(notes, n.Manifest.Notes)
	}
	return notes
}

// noteSource writes to the timeline what is not used or not certain of a source.
func (js *Jobs) noteSource(ctx context.Context, job models.Job, notes []models.Reason) error {
	for _, n := range notes {
		if err := js.timeline.Add(ctx, timeline.Of(job, models.EventNoted, n)); err != nil {
			return err
		}
	}
	return nil
}

// reserveNew has a new job hold its storage, if its size is known. It comes
// late in the transaction because all submits of the user wait for it.
func (js *Jobs) reserveNew(ctx context.Context, job *models.Job, refuse bool) error {
	held, err := js.claim(ctx, job)
	if err != nil {
		return err
	}
	if !held && refuse {
		return noRoom(job.Reason)
	}
	return js.timeline.Add(ctx, timeline.Of(*job, models.EventSubmitted, job.Reason))
}

// claim makes the locked job hold its storage. It reports false when the job has
// to wait for room, which is its reason then.
func (js *Jobs) claim(ctx context.Context, job *models.Job) (bool, error) {
	held, err := js.quota.Claim(ctx, job)
	if err != nil || held {
		return held, err
	}
	if job.Reason, err = js.quota.NeedsRoom(ctx, *job); err != nil {
		return false, err
	}
	return false, js.save(ctx, "wait for storage", job, "reason_code", "reason_params")
}

// noRoom is storage_full for somebody who does not want to wait.
func noRoom(full models.Reason) error {
	need, _ := full.Params.Int("need")
	free, _ := full.Params.Int("free")
	return models.Fault(models.ProblemQuotaExceeded, "There is no room for it now: it needs %s, %s are free.",
		models.BytesInWords(need), models.BytesInWords(free)).With("need", need).With("free", free)
}

// duplicate returns the refusal of a second open job for the same content,
// naming the first.
func (js *Jobs) duplicate(ctx context.Context, job models.Job) error {
	var existing models.Job
	err := js.db.Conn(ctx).
		Where("user_id = ? and id <> ? and delete_at is null and state not in ?", job.UserID, job.ID, terminalStates()).
		Where("info_hash_v1 = ? or info_hash_v2 = ?", job.InfoHashV1, job.InfoHashV2).
		Take(&existing).Error
	if err != nil {
		return postgres.Translate(err, "load duplicate job")
	}
	return models.HeldAlready(existing.ID, existing.Name, false)
}

func terminalStates() []models.State {
	return slices.DeleteFunc(models.States(), func(s models.State) bool { return !s.Terminal() })
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
