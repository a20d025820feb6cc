package jobs

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// ClaimBatch takes the key for a request of many jobs, or returns what the same
// request became within 24 h. Its verdicts are nil while they are not all known:
// then each source is submitted again, by a key of its own that is made of the
// batch's id, and no source becomes two jobs.
func (js *Jobs) ClaimBatch(ctx context.Context, userID uuid.UUID, key string, requestHash []byte) (models.Batch, error) {
	now := js.db.Now()
	var row struct {
		ID          uuid.UUID
		RequestHash []byte
		Verdicts    string
	}
	err := js.db.Tx(ctx, func(ctx context.Context) error {
		_, err := js.db.Exec(ctx, "claim key of batch", `
			insert into submit_batches as b (user_id, key, id, request_hash, created_at) values (?, ?, ?, ?, ?)
			on conflict (user_id, key) do update
				set id = excluded.id, request_hash = excluded.request_hash, verdicts = null, created_at = excluded.created_at
				where b.created_at <= ?`,
			userID, key, js.db.NewID(), requestHash, now, now.Add(-IdempotencyTTL))
		if err != nil {
			return err
		}
		return js.db.Row(ctx, &row, "load batch", `
			select id, request_hash, coalesce(cast(verdicts as text), '') as verdicts from submit_batches where user_id = ? and key = ?`, userID, key)
	})
	if err != nil {
		return models.Batch{}, err
	}
	if !slices.Equal(row.RequestHash, requestHash) {
		return models.Batch{}, models.Fault(models.ProblemKeyReused, "This Idempotency-Key came with another request before.")
	}
	verdicts, err := readVerdicts(row.Verdicts)
	return models.Batch{ID: row.ID, Verdicts: verdicts}, err
}

// SettleBatch records the verdicts of a batch, and returns those that stand: when
// the same request ran twice at a time, the verdicts of the first to end.
func (js *Jobs) SettleBatch(ctx context.Context, userID, batchID uuid.UUID, verdicts []models.BatchVerdict) ([]models.BatchVerdict, error) {
	data, err := json.Marshal(verdicts)
	if err != nil {
		return nil, models.Errorf(models.CodeInternal, "The verdicts can't be written.").Because(err)
	}
	_, err = js.db.Exec(ctx, "settle batch", `
		update submit_batches set verdicts = cast(? as jsonb) where user_id = ? and id = ? and verdicts is null`, string(data), userID, batchID)
	if err != nil {
		return nil, err
	}
	var stand struct{ Verdicts string }
	err = js.db.Row(ctx, &stand, "load verdicts", `
		select cast(verdicts as text) as verdicts from submit_batches where user_id = ? and id = ?`, userID, batchID)
	if models.IsNotFound(err) {
		return verdicts, nil // the day is over
	}
	if err != nil {
		return nil, err
	}
	return readVerdicts(stand.Verdicts)
}

func readVerdicts(text string) ([]models.BatchVerdict, error) {
	if text == "" {
		return nil, nil
	}
	var out []models.BatchVerdict
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, models.Errorf(models.CodeInternal, "The verdicts can't be read.").Because(err)
	}
	return out, nil
}

// refuseHeld refuses a job for what the user has finished already, or fetches
// from the same address.
func (js *Jobs) refuseHeld(ctx context.Context, job models.Job) error {
	held, err := js.HeldJob(ctx, job.UserID, models.Source{
		Kind: job.SourceKind, URI: job.SourceURI, KeepPage: job.KeepPage, InfoHashV1: value(job.InfoHashV1), InfoHashV2: value(job.InfoHashV2),
	})
	if err != nil || held == nil {
		return err
	}
	return models.HeldAlready(held.ID, held.Name, held.State == models.StateReady)
}

// HeldJob returns the user's job that has the source's content, or fetches it:
// a finished one if there is one. It is nil if there is none.
func (js *Jobs) HeldJob(ctx context.Context, userID uuid.UUID, src models.Source) (*models.Job, error) {
	gone := []models.State{models.StateFailed, models.StateCancelled, models.StateExpired}
	q := js.db.Conn(ctx).Where("user_id = ? and delete_at is null and state not in ?", userID, gone)
	switch {
	case src.InfoHash() != "":
		q = q.Where("(info_hash_v1 = ? or info_hash_v2 = ?)", orNil(src.InfoHashV1), orNil(src.InfoHashV2))
	case src.Kind == models.SourceURL:
		q = q.Where("source_kind = 'url' and md5(source_uri) = md5(?) and source_uri = ? and keep_page = ?", src.URI, src.URI, src.KeepPage)
	default:
		return nil, nil
	}
	var rows []models.Job
	err := q.Order("(state = 'ready') desc, created_at desc, id").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, postgres.Translate(err, "look for what is there")
	}
	return &rows[0], nil
}
