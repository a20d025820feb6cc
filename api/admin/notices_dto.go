package admin

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

type (
	noticeState    = kit.NoticeState
	noticeChannel  models.NoticeChannel
	noticeAct      models.NoticeAct
	noticeDecision models.NoticeAct
	noticeGap      models.NoticeGap
	noticeItemKind models.NoticeItemKind
)

// Schema returns the schema of how a notice came.
func (noticeChannel) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "NoticeChannel", "How a notice came", models.NoticeByMail, models.NoticeByForm, models.NoticeByAdmin)
}

// Schema returns the schema of what can be done with a notice.
func (noticeAct) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "NoticeAct", "What can be done with a notice", models.NoticeActs()...)
}

// Schema returns the schema of what is decided on a notice.
func (noticeDecision) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "NoticeDecision", "What is decided on a notice",
		models.NoticeAccept, models.NoticeReject, models.NoticeRestore, models.NoticeUphold, models.NoticeWithdraw)
}

// Schema returns the schema of what a notice may lack.
func (noticeGap) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "NoticeGap", "What a notice may lack", models.NoticeGaps()...)
}

// Schema returns the schema of what a notice names.
func (noticeItemKind) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "NoticeItemKind", "What a notice names", models.ItemValue, models.ItemFile, models.ItemShare, models.ItemJob, models.ItemZip)
}

// Complaint is what a complainant says. Members that are missing change nothing.
type Complaint struct {
	Name         *string `json:"name,omitempty" maxLength:"500" doc:"Of the complainant"`
	Organisation *string `json:"organisation,omitempty" maxLength:"500" doc:"For which the complainant speaks"`
	Email        *string `json:"email,omitempty" maxLength:"500"`
	Address      *string `json:"address,omitempty" maxLength:"500"`
	Works        *string `json:"works,omitempty" maxLength:"20000" doc:"That are claimed to be infringed"`
	Text         *string `json:"text,omitempty" maxLength:"20000" doc:"The notice as it came"`
	GoodFaith    *bool   `json:"goodFaith,omitempty" doc:"It states the good faith belief that the use is not authorised"`
	Accuracy     *bool   `json:"accuracy,omitempty" doc:"It states, under penalty of perjury, that it is accurate and authorised"`
	Signature    *string `json:"signature,omitempty" maxLength:"500"`
}

func (s Complaint) apply(n *models.Notice) {
	set(&n.Name, s.Name)
	set(&n.Organisation, s.Organisation)
	set(&n.Email, s.Email)
	set(&n.Address, s.Address)
	set(&n.Works, s.Works)
	set(&n.Text, s.Text)
	set(&n.GoodFaith, s.GoodFaith)
	set(&n.Accuracy, s.Accuracy)
	set(&n.Signature, s.Signature)
}

// Notice is a takedown notice.
type Notice struct {
	ID           uuid.UUID     `json:"id" format:"uuid"`
	Reference    string        `json:"reference" doc:"Empty for none"`
	Channel      noticeChannel `json:"channel"`
	State        noticeState   `json:"state"`
	Name         string        `json:"name"`
	Organisation string        `json:"organisation"`
	Email        string        `json:"email"`
	Address      string        `json:"address"`
	Works        string        `json:"works"`
	Text         string        `json:"text"`
	GoodFaith    bool          `json:"goodFaith"`
	Accuracy     bool          `json:"accuracy"`
	Signature    string        `json:"signature"`
	Note         string        `json:"note" doc:"On the last decision"`
	Missing      []noticeGap   `json:"missing" nullable:"false" doc:"What it lacks"`
	Acts         []noticeAct   `json:"acts" nullable:"false" doc:"What can be done with it now"`
	Items        int64         `json:"items" doc:"How many things it names"`
	FirstItem    string        `json:"firstItem" doc:"The first of them"`
	Carried      bool          `json:"carried" doc:"False while blocks are still being added or lifted: a few minutes at most"`
	Overdue      bool          `json:"overdue" doc:"An administrator should have acted by now"`
	ReceivedAt   time.Time     `json:"receivedAt"`
	ActAt        *time.Time    `json:"actAt" doc:"When an administrator should have acted; null while none has to"`
	DecidedAt    *time.Time    `json:"decidedAt"`
	EndedAt      *time.Time    `json:"endedAt"`
	ForgottenAt  *time.Time    `json:"forgottenAt" doc:"Its personal data was removed then"`
}

func (h *noticeHandlers) noticeOf(n models.Notice) Notice {
	out := Notice{
		ID: n.ID, Channel: noticeChannel(n.Channel), State: noticeState(n.State), Name: n.Name, Organisation: n.Organisation, Email: n.Email,
		Address: n.Address, Works: n.Works, Text: n.Text, GoodFaith: n.GoodFaith, Accuracy: n.Accuracy, Signature: n.Signature, Note: n.Note,
		Missing: []noticeGap{}, Acts: []noticeAct{}, Items: n.Items, FirstItem: n.Refers, Carried: n.CarriedAt != nil,
		Overdue: n.ActAt != nil && h.now().After(*n.ActAt), ReceivedAt: n.ReceivedAt, ActAt: n.ActAt, DecidedAt: n.DecidedAt, EndedAt: n.EndedAt,
		ForgottenAt: n.ForgottenAt,
	}
	if n.Reference != nil {
		out.Reference = *n.Reference
	}
	for _, g := range n.Missing() {
		out.Missing = append(out.Missing, noticeGap(g))
	}
	for _, a := range n.State.Acts() {
		out.Acts = append(out.Acts, noticeAct(a))
	}
	return out
}

// NoticeItem is one thing that a notice names.
type NoticeItem struct {
	N       int            `json:"n" doc:"Its number in the notice"`
	PartOf  *int           `json:"partOf" nullable:"true" doc:"Number of the share or zip that has this file; null for what the complainant named"`
	Kind    noticeItemKind `json:"kind"`
	Value   string         `json:"value" doc:"What was named; the id of a file, of a share, of a job that was zipped or of a zip of chosen files"`
	Name    string         `json:"name" doc:"Of the share, the job or the zip, or the path of the file; empty for anything else, and once it is gone"`
	JobID   *uuid.UUID     `json:"jobId" format:"uuid" nullable:"true" doc:"The job, or that of the file"`
	OwnerID *uuid.UUID     `json:"ownerId" format:"uuid" nullable:"true" doc:"Of whatever it leads to"`
	Owner   string         `json:"owner" doc:"E-mail address of the owner"`
	BlockID *uuid.UUID     `json:"blockId" format:"uuid" nullable:"true" doc:"Null until it is blocked"`
	Refusal string         `json:"refusal" doc:"Why it could not be blocked; empty unless it was refused"`
	Lifted  bool           `json:"lifted" doc:"Its block was lifted"`
	Jobs    int64          `json:"jobs" doc:"That its block covers of what is here"`
}

// CounterNotice is a counter-notice with its clock.
type CounterNotice struct {
	Account string `json:"account" doc:"E-mail address of the account that objects; empty if it came from elsewhere"`
	kit.CounterStatement
	Days        int        `json:"days" doc:"Business days that the clock runs"`
	ReceivedAt  time.Time  `json:"receivedAt"`
	ForwardedAt *time.Time `json:"forwardedAt" doc:"Null if the complainant has no e-mail address: send them a copy"`
	DueAt       time.Time  `json:"dueAt" doc:"When the content is restored"`
	RemindedAt  *time.Time `json:"remindedAt"`
	EndedAt     *time.Time `json:"endedAt"`
}

func counterOf(c models.CounterNotice) CounterNotice {
	return CounterNotice{
		Account: c.Email, CounterStatement: kit.CounterStatementOf(c), Days: c.Days, ReceivedAt: c.ReceivedAt, ForwardedAt: c.ForwardedAt, DueAt: c.DueAt,
		RemindedAt: c.RemindedAt, EndedAt: c.EndedAt,
	}
}

// Strike is held against an account because a notice was accepted.
type Strike struct {
	ID           uuid.UUID  `json:"id" format:"uuid"`
	UserID       uuid.UUID  `json:"userId" format:"uuid"`
	Email        string     `json:"email" doc:"Of the account; only with a notice"`
	NoticeID     uuid.UUID  `json:"noticeId" format:"uuid"`
	Counts       bool       `json:"counts" doc:"It neither expired nor was withdrawn"`
	CreatedAt    time.Time  `json:"createdAt"`
	ExpiresAt    time.Time  `json:"expiresAt"`
	WithdrawnAt  *time.Time `json:"withdrawnAt"`
	WithdrawnWhy string     `json:"withdrawnWhy"`
}

func (h *noticeHandlers) strikeOf(s models.Strike) Strike {
	return Strike{
		ID: s.ID, UserID: s.UserID, Email: s.Email, NoticeID: s.NoticeID, Counts: s.Counts(h.now()), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt,
		WithdrawnAt: s.WithdrawnAt, WithdrawnWhy: s.WithdrawnWhy,
	}
}

// StrikeRecord is the strikes of an account, and what they lead to.
type StrikeRecord struct {
	Strikes   []Strike `json:"strikes" nullable:"false" doc:"Newest first"`
	Count     int      `json:"count" doc:"That count"`
	Suspended bool     `json:"suspended" doc:"New jobs are refused"`
	Suspend   int      `json:"suspend" doc:"Strikes from which on new jobs are refused; 0 for never"`
	Disable   int      `json:"disable" doc:"Strikes from which on an account is disabled; 0 for never"`
}

func (h *noticeHandlers) strikesOf(r models.StrikeRecord) StrikeRecord {
	out := StrikeRecord{Strikes: []Strike{}, Count: r.Count, Suspended: r.Suspended, Suspend: r.Policy.Suspend, Disable: r.Policy.Disable}
	for _, s := range r.Strikes {
		out.Strikes = append(out.Strikes, h.strikeOf(s))
	}
	return out
}

// NoticeDetail is a notice with what belongs to it.
type NoticeDetail struct {
	Notice
	Things  []NoticeItem   `json:"things" nullable:"false" doc:"What it names"`
	Counter *CounterNotice `json:"counter" doc:"Null without one"`
	Strikes []Strike       `json:"strikes" nullable:"false" doc:"That it gave"`
}

// TransformSchema lets the counter-notice be null.
func (NoticeDetail) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return kit.Nullable(s, "counter")
}

func (h *noticeHandlers) detailOf(d models.NoticeDetail) NoticeDetail {
	out := NoticeDetail{Notice: h.noticeOf(d.Notice), Things: []NoticeItem{}, Strikes: []Strike{}}
	for _, i := range d.Things {
		out.Things = append(out.Things, NoticeItem{
			N: i.N, PartOf: i.PartOf, Kind: noticeItemKind(i.Kind), Value: i.Value, Name: i.Name, JobID: i.JobID, OwnerID: i.OwnerID, Owner: i.Email, BlockID: i.BlockID, Refusal: i.Refusal, Lifted: i.Lifted, Jobs: i.Jobs,
		})
	}
	for _, s := range d.Strikes {
		out.Strikes = append(out.Strikes, h.strikeOf(s))
	}
	if d.Counter != nil {
		c := counterOf(*d.Counter)
		out.Counter = &c
	}
	return out
}
