package jobs

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// maxKey bounds an idempotency key.
const maxKey = 255

type submitInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Key         string `header:"Idempotency-Key" maxLength:"255" doc:"Any text; repeating the key within 24 hours returns the same job"`
	RawBody     []byte `contentType:"multipart/form-data"`
}

type submitOutput struct {
	Location string `header:"Location"`
	Replayed string `header:"Idempotent-Replayed" doc:"true if the key was used before"`
	Body     kit.Job
}

// submit records a job and responds. It also tries to start the workflow right
// away in the background; if that fails, the outbox does it.
func (h *jobHandlers) submit(ctx context.Context, in *submitInput) (*submitOutput, error) {
	user := kit.Caller(ctx)
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	if err := h.limits.Allow(ctx, kit.LimitSubmit, user.ID.String()); err != nil {
		return nil, err
	}
	sub, err := readSubmission(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	job, replayed, err := h.accept(ctx, user.ID, sub, in.Key)
	if err != nil {
		return nil, err
	}
	out := &submitOutput{Location: "/api/v1/jobs/" + job.ID.String(), Body: kit.JobOf(job, nil)}
	if replayed {
		out.Replayed = "true"
	}
	return out, nil
}

// accept checks a submission and records its job, however it came. It reports
// whether the key stood for that job already.
func (h *jobHandlers) accept(ctx context.Context, userID uuid.UUID, sub submission, key string) (models.Job, bool, error) {
	request, err := h.sources.newJob(ctx, userID, sub)
	if err != nil {
		return models.Job{}, false, err
	}
	request.IdempotencyKey = key
	job, replayed, err := h.store.SubmitJob(ctx, request)
	if err == nil && !replayed {
		h.background.Run(ctx, startBudget, func(ctx context.Context) error { return h.workflows.StartJob(ctx, job) })
	}
	return job, replayed, err
}

func checkKey(key string) error {
	if len(key) > maxKey {
		return models.Errorf(models.CodeInvalid, "An idempotency key can have at most %d characters.", maxKey).In(http.CanonicalHeaderKey("Idempotency-Key"))
	}
	for _, r := range key {
		if r < ' ' || r > '~' {
			return models.Errorf(models.CodeInvalid, "An idempotency key can have only printable ASCII characters.").In(http.CanonicalHeaderKey("Idempotency-Key"))
		}
	}
	return nil
}
