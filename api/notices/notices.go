// Package notices serves both sides of takedown notices. Anyone sends one, and
// reads what became of it with the link that they got. The owners of what notices
// block see why, and object. It shows no owner who sent a notice beyond the name
// that they speak for, and no complainant whose content it is.
package notices

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Store is what both sides ask of the notices.
type Store interface {
	ownerStore
	formStore
}

// ownerStore is what owners ask. Each call names the owner and knows only notices
// that block downloads of theirs, or did.
type ownerStore interface {
	OwnNotices(ctx context.Context, userID uuid.UUID, limit int) ([]models.OwnedNotice, error)
	OwnStrikes(ctx context.Context, userID uuid.UUID) (models.StrikeRecord, error)
	CounterNotice(ctx context.Context, by models.Actor, userID, noticeID uuid.UUID, c models.CounterNotice) (models.CounterNotice, error)
}

// Deps are what the operations work with.
type Deps struct {
	Store     Store
	Persons   kit.PersonCheck
	Limiter   kit.Limiter
	Keys      Keys
	Locations kit.Locations
	NewID     func() uuid.UUID
	Now       func() time.Time
}

type handlers struct {
	store ownerStore
	now   func() time.Time
}

// Register adds the operations on notices.
func Register(r *kit.Router, d Deps) {
	(&formHandlers{d}).routes(r)
	h := &handlers{d.Store, d.Now}
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/notices" + path, Tags: []string{"notices"}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-own-notices", http.MethodGet, "", "Takedown notices that block your downloads, or did", "The newest 200."), h.list)
	kit.Handle(r, op("send-counter-notice", http.MethodPost, "/{id}/counter", "Object to a takedown notice",
		"The complainant gets a copy with your name and address. What the notice blocks is restored after 10 to 14 business days, unless they go to court."), h.counter)
}

// OwnNotice is a takedown notice as the owner of what it blocks reads it.
type OwnNotice struct {
	ID         uuid.UUID       `json:"id" format:"uuid"`
	State      kit.NoticeState `json:"state"`
	For        string          `json:"for" doc:"Who claims the rights"`
	Works      string          `json:"works" doc:"That are claimed to be infringed"`
	Note       string          `json:"note" doc:"Of the administrator who decided"`
	Downloads  []string        `json:"downloads" nullable:"false" doc:"Names of what it blocks of yours"`
	DecidedAt  *time.Time      `json:"decidedAt"`
	DueAt      *time.Time      `json:"dueAt" doc:"When a counter-notice's clock runs out; null without one"`
	CanCounter bool            `json:"canCounter" doc:"A counter-notice can be sent"`
	Strike     *OwnStrike      `json:"strike" doc:"That it gave your account; null for none"`
}

// TransformSchema lets the strike be null.
func (OwnNotice) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "strike")
}

// OwnStrike is a strike as the account that has it reads it.
type OwnStrike struct {
	Counts    bool      `json:"counts" doc:"It neither expired nor was withdrawn"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Why       string    `json:"why" doc:"Why it was withdrawn; empty otherwise"`
}

type listOutput struct {
	Body struct {
		Notices   []OwnNotice `json:"notices" nullable:"false" doc:"Newest first"`
		Strikes   int         `json:"strikes" doc:"That count against your account"`
		Suspended bool        `json:"suspended" doc:"New jobs are refused for them"`
		Suspend   int         `json:"suspend" doc:"Strikes from which on new jobs are refused; 0 for never"`
		Disable   int         `json:"disable" doc:"Strikes from which on an account is disabled; 0 for never"`
	} `nameHint:"OwnNoticeList"`
}

// most is how many notices are shown.
const most = 200

func (h *handlers) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	found, err := h.store.OwnNotices(ctx, kit.Caller(ctx).ID, most)
	if err != nil {
		return nil, err
	}
	record, err := h.store.OwnStrikes(ctx, kit.Caller(ctx).ID)
	if err != nil {
		return nil, err
	}
	given := map[uuid.UUID]*OwnStrike{}
	for _, s := range record.Strikes {
		given[s.NoticeID] = &OwnStrike{Counts: s.Counts(h.now()), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, Why: s.WithdrawnWhy}
	}
	out := &listOutput{}
	out.Body.Strikes, out.Body.Suspended = record.Count, record.Suspended
	out.Body.Suspend, out.Body.Disable = record.Policy.Suspend, record.Policy.Disable
	out.Body.Notices = make([]OwnNotice, 0, len(found))
	for _, n := range found {
		_, can := n.State.After(models.NoticeCounter)
		names := []string{}
		if n.Names != "" {
			names = strings.Split(n.Names, "\n")
		}
		out.Body.Notices = append(out.Body.Notices, OwnNotice{
			ID: n.ID, State: kit.NoticeState(n.State), For: n.For, Works: n.Works, Note: n.Note, Downloads: names, DecidedAt: n.DecidedAt,
			DueAt: n.DueAt, CanCounter: can, Strike: given[n.ID],
		})
	}
	return out, nil
}

type counterInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body kit.CounterStatement
}

type counterOutput struct {
	Body struct {
		DueAt time.Time `json:"dueAt" doc:"When what the notice blocks is restored, unless the complainant goes to court"`
	} `nameHint:"SentCounterNotice"`
}

func (h *handlers) counter(ctx context.Context, in *counterInput) (*counterOutput, error) {
	c, err := h.store.CounterNotice(ctx, kit.ActorOf(ctx), kit.Caller(ctx).ID, in.ID, in.Body.Said())
	if err != nil {
		return nil, err
	}
	out := &counterOutput{}
	out.Body.DueAt = c.DueAt
	return out, nil
}
