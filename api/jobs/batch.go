package jobs

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// batchBudget bounds the work on one batch. It does not end with the connection:
// a batch that was received is carried out, whether or not its sender waits.
const batchBudget = 2 * time.Minute

// Batches is what batches ask of the store, besides what one submit does.
type Batches interface {
	ClaimBatch(ctx context.Context, userID uuid.UUID, key string, requestHash []byte) (models.Batch, error)
	SettleBatch(ctx context.Context, userID, batchID uuid.UUID, verdicts []models.BatchVerdict) ([]models.BatchVerdict, error)
	HeldJob(ctx context.Context, userID uuid.UUID, src models.Source) (*models.Job, error)
}

func (h *jobHandlers) batchRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "submit-jobs", Method: http.MethodPost, Path: "/api/v1/jobs/batch", Tags: []string{tagJobs},
		Summary: fmt.Sprintf("Submit up to %d sources at once", models.MaxBatch),
		Description: "Answers with a verdict on each source, in their order. One that is refused keeps none of the others from being accepted. " +
			"The work goes on when the connection breaks. Repeating an Idempotency-Key within 24 hours returns the same verdicts.",
		DefaultStatus: http.StatusAccepted, MaxBodyBytes: maxBatchBody, SkipValidateBody: true,
		RequestBody: sourceBody(r.API, "SubmitJobs", batchJSON{}, batchForm()),
	}, h.submitMany)
}

type batchOutput struct {
	Body struct {
		Verdicts []BatchVerdict `json:"verdicts" nullable:"false" doc:"One for each source, in their order"`
	} `nameHint:"BatchVerdicts"`
}

// BatchVerdict is what became of one source of a batch.
type BatchVerdict struct {
	Verdict  string     `json:"verdict" enum:"created,duplicate,invalid,blocked,quota,refused"`
	JobID    *uuid.UUID `json:"jobId" format:"uuid" nullable:"true" doc:"The new job, or the one that has this content already; null if there is none"`
	Name     string     `json:"name" doc:"Of that job"`
	Finished bool       `json:"finished" doc:"The job that has this content already is ready"`
	Code     string     `json:"code" doc:"Why it was refused, for clients to act on; docs/problems.md lists the values"`
	Detail   string     `json:"detail" doc:"Why it was refused, in one plain sentence"`
	Field    string     `json:"field" doc:"The field of the source at fault; empty if it is none"`
}

// submitMany submits sources one after the other, each as if it came alone.
func (h *jobHandlers) submitMany(ctx context.Context, in *submitInput) (*batchOutput, error) {
	user := kit.Caller(ctx)
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	subs, err := readBatch(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	asks := make([]kit.Ask, len(subs))
	for i := range asks {
		asks[i] = kit.Ask{Limit: kit.LimitSubmit, Key: user.ID.String()}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchBudget)
	defer cancel()
	if err := h.limits.AllowAll(ctx, asks...); err != nil {
		return nil, err
	}
	verdicts, err := h.verdicts(ctx, user.ID, in.Key, subs)
	if err != nil {
		return nil, err
	}
	out := &batchOutput{}
	for _, v := range verdicts {
		out.Body.Verdicts = append(out.Body.Verdicts, BatchVerdict{
			Verdict: string(v.Verdict), JobID: v.JobID, Name: v.Name, Finished: v.Finished, Code: v.Code, Detail: v.Detail, Field: v.Field,
		})
	}
	return out, nil
}

// verdicts submits the sources, unless the key stands for their verdicts already.
func (h *jobHandlers) verdicts(ctx context.Context, userID uuid.UUID, key string, subs []batchSubmission) ([]models.BatchVerdict, error) {
	if key == "" {
		return h.submitEach(ctx, userID, "", subs)
	}
	batch, err := h.store.ClaimBatch(ctx, userID, key, batchHash(subs))
	if err != nil || batch.Verdicts != nil {
		return batch.Verdicts, err
	}
	verdicts, err := h.submitEach(ctx, userID, "batch "+batch.ID.String(), subs)
	if err != nil {
		return nil, err
	}
	return h.store.SettleBatch(ctx, userID, batch.ID, verdicts)
}

// submitEach ends at the first fault of ours. What was accepted until then stays,
// and is found by its key when the request comes again.
func (h *jobHandlers) submitEach(ctx context.Context, userID uuid.UUID, key string, subs []batchSubmission) ([]models.BatchVerdict, error) {
	out := make([]models.BatchVerdict, 0, len(subs))
	for i, sub := range subs {
		own := key
		if own != "" {
			own = fmt.Sprintf("%s %d", key, i)
		}
		job, err := models.Job{}, sub.fault
		if err == nil {
			job, _, err = h.accept(ctx, userID, sub.submission, own)
		}
		if err == nil {
			out = append(out, models.Created(job))
			continue
		}
		v, ok := models.Judged(err)
		if !ok {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
