package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// NoticeStore is what the operations on takedown notices and strikes use.
type NoticeStore interface {
	RecordNotice(ctx context.Context, by models.Actor, in models.NewNotice) (n models.Notice, known bool, err error)
	CompleteNotice(ctx context.Context, by models.Actor, id uuid.UUID, change func(*models.Notice)) (models.Notice, error)
	DecideNotice(ctx context.Context, by models.Actor, id uuid.UUID, d models.NoticeDecision) (models.Notice, error)
	RecordCounter(ctx context.Context, by models.Actor, noticeID uuid.UUID, email string, c models.CounterNotice) (models.CounterNotice, error)
	ExtendCounter(ctx context.Context, by models.Actor, noticeID uuid.UUID, days int) (models.CounterNotice, error)
	Notices(ctx context.Context, by models.Actor, f models.NoticeFilter) ([]models.Notice, string, error)
	NoticeDetail(ctx context.Context, by models.Actor, id uuid.UUID) (models.NoticeDetail, error)
	EachNotice(ctx context.Context, by models.Actor, from, to time.Time, fn func([]models.NoticeLine) error) error
	UserStrikes(ctx context.Context, by models.Actor, userID uuid.UUID) (models.StrikeRecord, error)
	WithdrawStrike(ctx context.Context, by models.Actor, id uuid.UUID, why string) (models.Strike, error)
}

// maxNoticeBody is how large a notice with all that it names may be.
const maxNoticeBody = 2 << 20

// noticeHandlers serve takedown notices.
type noticeHandlers struct {
	store     NoticeStore
	locations kit.Locations
	now       func() time.Time
}

func (h *noticeHandlers) routes(r *kit.Router) {
	op := func(id, method, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/api/v1/admin/" + path, Tags: []string{tagAdmin}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("list-notices", http.MethodGet, "notices", "List takedown notices",
		"Those that wait for an administrator, the most urgent first; or all, newest first. Audited, once an hour."), h.list)
	record := op("record-notice", http.MethodPost, "notices", "Record a takedown notice",
		"It is incomplete while it lacks something that the law asks for. A reference names one notice: the same again returns that one and changes nothing.")
	record.MaxBodyBytes = maxNoticeBody
	kit.Handle(r, record, h.record)
	export := op("export-notices", http.MethodGet, "notices.csv", "Export takedown notices without anything private",
		"Those that were received in the period, oldest first, as CSV or as JSON Lines. Audited.")
	export.Responses = noticesResponse()
	kit.Handle(r, export, h.export)
	kit.Handle(r, op("get-notice", http.MethodGet, "notices/{id}", "A takedown notice with what it names and its counter-notice",
		"What was done with it is in the audit log, with the notice as target. Audited, once an hour."), h.get)
	kit.Handle(r, op("complete-notice", http.MethodPatch, "notices/{id}", "Add what a takedown notice lacks",
		"Members that are left out stay as they are."), h.complete)
	kit.Handle(r, op("decide-notice", http.MethodPost, "notices/{id}/decide", "Decide on a takedown notice",
		"Accepting blocks what it names, tells the owners and gives each a strike. Restoring and withdrawing undo that. Upholding stops the clock of a "+
			"counter-notice, because the complainant went to court."), h.decide)
	kit.Handle(r, op("record-counter-notice", http.MethodPost, "notices/{id}/counter", "Record a counter-notice",
		"For one that came by mail or on paper. The complainant gets a copy by mail, and a clock starts: in the end what the notice blocks is restored."), h.counter)
	kit.Handle(r, op("extend-counter-notice", http.MethodPost, "notices/{id}/counter/extend", "Give the clock of a counter-notice more business days", ""), h.extend)
	kit.Handle(r, op("list-strikes", http.MethodGet, "users/{id}/strikes", "The strikes of an account", "Audited, once an hour."), h.strikes)
	kit.Handle(r, op("withdraw-strike", http.MethodPost, "strikes/{id}/withdraw", "Withdraw a strike", ""), h.withdraw)
}

type noticesInput struct {
	State  noticeState `query:"state" doc:"Only in this state"`
	Open   bool        `query:"open" doc:"Only those that wait for an administrator, the most urgent first"`
	Search string      `query:"q" maxLength:"200" doc:"Part of the complainant, the works or the reference"`
	Cursor string      `query:"cursor" maxLength:"512" doc:"nextCursor of the previous page"`
	Limit  int         `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type noticesOutput struct {
	Body struct {
		Notices    []Notice `json:"notices" nullable:"false"`
		NextCursor string   `json:"nextCursor" doc:"Empty on the last page"`
	} `nameHint:"NoticeList"`
}

func (h *noticeHandlers) list(ctx context.Context, in *noticesInput) (*noticesOutput, error) {
	found, next, err := h.store.Notices(ctx, kit.ActorOf(ctx), models.NoticeFilter{
		State: models.NoticeState(in.State), Open: in.Open, Search: in.Search, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{}
	out.Body.Notices, out.Body.NextCursor = make([]Notice, 0, len(found)), next
	for _, n := range found {
		out.Body.Notices = append(out.Body.Notices, h.noticeOf(n))
	}
	return out, nil
}

type recordInput struct {
	Body struct {
		Reference  string        `json:"reference,omitempty" maxLength:"200" doc:"Of whoever sent it; names one notice"`
		Channel    noticeChannel `json:"channel"`
		ReceivedAt *time.Time    `json:"receivedAt,omitempty" doc:"Now if it is missing"`
		Complaint
		Values []string    `json:"values,omitempty" maxItems:"1000" doc:"What it names: info hashes, magnet links, hosts and addresses; a link of this server stands for its file or the files of its zip, and the page of a share for the files that it shows"`
		Files  []uuid.UUID `json:"files,omitempty" maxItems:"1000" doc:"What it names: ids of stored files"`
	} `nameHint:"NewNotice"`
}

type recordOutput struct {
	Body struct {
		Notice Notice `json:"notice"`
		Known  bool   `json:"known" doc:"It was recorded before with this reference, and nothing changed"`
	} `nameHint:"RecordedNotice"`
}

func (h *noticeHandlers) record(ctx context.Context, in *recordInput) (*recordOutput, error) {
	b := in.Body
	n := models.NewNotice{Notice: models.Notice{Channel: models.NoticeChannel(b.Channel)}, Files: b.Files}
	for _, value := range b.Values {
		n.Things = append(n.Things, h.locations.Thing(value))
	}
	if b.Reference != "" {
		n.Reference = &b.Reference
	}
	set(&n.ReceivedAt, b.ReceivedAt)
	b.apply(&n.Notice)
	out := &recordOutput{}
	recorded, known, err := h.store.RecordNotice(ctx, kit.ActorOf(ctx), n)
	if err != nil {
		return nil, err
	}
	out.Body.Notice, out.Body.Known = h.noticeOf(recorded), known
	return out, nil
}

// NoticeID is the id of a notice or a strike in a path.
type NoticeID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type noticeDetailOutput struct{ Body NoticeDetail }

func (h *noticeHandlers) get(ctx context.Context, in *NoticeID) (*noticeDetailOutput, error) {
	d, err := h.store.NoticeDetail(ctx, kit.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &noticeDetailOutput{h.detailOf(d)}, nil
}

type completeInput struct {
	NoticeID
	Body Complaint `nameHint:"NoticePatch"`
}

type noticeOutput struct{ Body Notice }

func (h *noticeHandlers) complete(ctx context.Context, in *completeInput) (*noticeOutput, error) {
	return h.shown(h.store.CompleteNotice(ctx, kit.ActorOf(ctx), in.ID, in.Body.apply))
}

type decideInput struct {
	NoticeID
	Body struct {
		Act  noticeDecision `json:"act"`
		Note string         `json:"note,omitempty" maxLength:"2000" doc:"Why; the owners and the complainant read it. Only accepting needs none"`
		Tell bool           `json:"tell,omitempty" doc:"Tell the complainant of a rejection by mail"`
	} `nameHint:"NoticeDecisionRequest"`
}

func (h *noticeHandlers) decide(ctx context.Context, in *decideInput) (*noticeOutput, error) {
	return h.shown(h.store.DecideNotice(ctx, kit.ActorOf(ctx), in.ID, models.NoticeDecision{
		Act: models.NoticeAct(in.Body.Act), Note: in.Body.Note, Tell: in.Body.Tell,
	}))
}

func (h *noticeHandlers) shown(n models.Notice, err error) (*noticeOutput, error) {
	if err != nil {
		return nil, err
	}
	return &noticeOutput{h.noticeOf(n)}, nil
}

type counterInput struct {
	NoticeID
	Body struct {
		Account string `json:"account,omitempty" maxLength:"254" doc:"E-mail address of the account that objects, if there is one"`
		kit.CounterStatement
	} `nameHint:"RecordCounterNotice"`
}

type counterOutput struct{ Body CounterNotice }

func (h *noticeHandlers) counter(ctx context.Context, in *counterInput) (*counterOutput, error) {
	c, err := h.store.RecordCounter(ctx, kit.ActorOf(ctx), in.ID, in.Body.Account, in.Body.Said())
	if err != nil {
		return nil, err
	}
	return &counterOutput{counterOf(c)}, nil
}

type extendInput struct {
	NoticeID
	Body struct {
		Days int `json:"days" minimum:"10" maximum:"14" doc:"Business days from the counter-notice on; more than now"`
	} `nameHint:"ExtendCounterNotice"`
}

func (h *noticeHandlers) extend(ctx context.Context, in *extendInput) (*counterOutput, error) {
	c, err := h.store.ExtendCounter(ctx, kit.ActorOf(ctx), in.ID, in.Body.Days)
	if err != nil {
		return nil, err
	}
	return &counterOutput{counterOf(c)}, nil
}

type strikesOutput struct{ Body StrikeRecord }

func (h *noticeHandlers) strikes(ctx context.Context, in *userInput) (*strikesOutput, error) {
	r, err := h.store.UserStrikes(ctx, kit.ActorOf(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &strikesOutput{h.strikesOf(r)}, nil
}

type withdrawInput struct {
	NoticeID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	} `nameHint:"WithdrawStrike"`
}

type strikeOutput struct{ Body Strike }

func (h *noticeHandlers) withdraw(ctx context.Context, in *withdrawInput) (*strikeOutput, error) {
	s, err := h.store.WithdrawStrike(ctx, kit.ActorOf(ctx), in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &strikeOutput{h.strikeOf(s)}, nil
}
