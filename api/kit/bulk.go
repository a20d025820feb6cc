package kit

import (
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// BulkProgress is how far an act on many jobs has come, an owner's or an
// administrator's.
type BulkProgress struct {
	State     BulkState  `json:"state"`
	Total     int64      `json:"total" doc:"Jobs that are meant; grows while state is finding"`
	Done      int64      `json:"done"`
	Refused   int64      `json:"refused" doc:"Jobs that the act was not possible on"`
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
	EndedAt   *time.Time `json:"endedAt"`
}

// BulkProgressOf returns how far an act has come.
func BulkProgressOf(b models.BulkAct) BulkProgress {
	return BulkProgress{
		State: BulkState(b.State), Total: b.Total, Done: b.Done, Refused: b.Refused, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt, EndedAt: b.EndedAt,
	}
}

// BulkOutcome is one of many jobs and what became of it.
type BulkOutcome struct {
	JobID   uuid.UUID     `json:"jobId" format:"uuid"`
	Name    string        `json:"name" doc:"Empty while it is unknown, and if the job was deleted"`
	State   BulkItemState `json:"state"`
	Problem ProblemCode   `json:"problem" doc:"Why it was refused; empty without a more exact reason than the text"`
	Refusal string        `json:"refusal" doc:"Why it was refused, in words"`
	ActedAt *time.Time    `json:"actedAt"`
}

// BulkOutcomeOf returns what became of a job.
func BulkOutcomeOf(i models.BulkItem) BulkOutcome {
	return BulkOutcome{
		JobID: i.JobID, Name: i.Name, State: BulkItemState(i.State), Problem: ProblemCode(i.Problem), Refusal: i.Refusal, ActedAt: i.ActedAt,
	}
}

// BulkItemsInput asks for a page of what became of many jobs.
type BulkItemsInput struct {
	ID     uuid.UUID     `path:"id" format:"uuid"`
	State  BulkItemState `query:"state" doc:"Only jobs in this state"`
	Cursor string        `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Each returns what the function makes of each element; an empty list for none.
func Each[T, U any](list []T, of func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, one := range list {
		out = append(out, of(one))
	}
	return out
}
