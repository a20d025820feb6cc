package models

import (
	"time"

	"github.com/google/uuid"
)

// The audited acts on takedown notices. Their blocks are audited as any other.
const (
	AuditNoticeRecorded  AuditAction = "notice.record"
	AuditNoticeCompleted AuditAction = "notice.complete"
	AuditNoticeDecided   AuditAction = "notice.decide"
	AuditNoticeCountered AuditAction = "notice.counter"
	AuditNoticeExtended  AuditAction = "notice.extend"
	AuditNoticeRead      AuditAction = "notice.read"
	AuditNoticesExported AuditAction = "notice.export"
)

// NoticeChannel is how a notice came.
type NoticeChannel string

// The channels.
const (
	NoticeByMail  NoticeChannel = "mail"
	NoticeByForm  NoticeChannel = "form"
	NoticeByAdmin NoticeChannel = "admin" // written down by an administrator, such as from a letter
)

// Valid reports whether c is a known channel.
func (c NoticeChannel) Valid() bool {
	return c == NoticeByMail || c == NoticeByForm || c == NoticeByAdmin
}

// Bounds of notices.
const (
	MaxNoticeItems     = 1000
	MaxNoticeThing     = 4096   // bytes of what the public form names
	MaxNoticeText      = 20_000 // bytes
	MaxNoticeField     = 500    // characters
	MaxNoticeReference = 200    // characters
	MaxNoticeNote      = 2000   // characters
)

// NoticePatience is how long a notice may wait for an administrator before it
// counts as overdue. 17 U.S.C. § 512(c)(1)(C) asks for removal "expeditiously",
// and Article 16(6) of the Digital Services Act for a decision "in a timely,
// diligent manner".
const NoticePatience = 48 * time.Hour

// NoticeRetention is how long the personal data of a notice is kept after its
// end: as long as a claim of the work's holder can be brought (17 U.S.C. § 507(b)).
const NoticeRetention = 3 * 365 * 24 * time.Hour

// Notice is a claim that content here infringes someone's rights.
type Notice struct {
	ID           uuid.UUID `gorm:"type:uuid;primaryKey"`
	Reference    *string   // of whoever sent or imported it; nil for none
	Channel      NoticeChannel
	State        NoticeState
	Name         string // of the complainant
	Organisation string // for which the complainant speaks
	Email        string
	Address      string
	Works        string // that are claimed to be infringed
	Text         string // the notice as it came
	GoodFaith    bool   // it states the belief that the use is not authorised
	Accuracy     bool   // it states, under penalty of perjury, that it is accurate and authorised
	Signature    string
	Note         string // on the last decision
	ActorKind    ActorKind
	ActorID      *uuid.UUID `gorm:"type:uuid"` // who decided last, or recorded it; nil for the console
	ActorIP      string
	ReceivedAt   time.Time
	ActAt        *time.Time // when an administrator should have acted; nil while none has to
	DecidedAt    *time.Time // first
	EndedAt      *time.Time
	CarriedAt    *time.Time // nil while blocks are still to be added or lifted
	ForgottenAt  *time.Time // since then it names no person
	CreatedAt    time.Time
	UpdatedAt    time.Time

	Items  int64  `gorm:"->"` // how many things it names
	Refers string `gorm:"->"` // the first of them
}

// TableName returns the table of notices.
func (Notice) TableName() string { return "notices" }

// By returns who decided last, or recorded it.
func (n Notice) By() Actor { return Actor{Kind: n.ActorKind, ID: n.ActorID, IP: n.ActorIP} }

// BlockReason is the reason of the blocks that come with the notice. It tells
// them from those that someone else added.
func (n Notice) BlockReason() string { return "Takedown notice " + n.ID.String() }

// NoticeGap is something that a notice lacks.
type NoticeGap string

// What a notice may lack, each with the clause of 17 U.S.C. § 512(c)(3)(A) that
// asks for it. Article 16(2) of the Digital Services Act asks for less.
const (
	GapSignature NoticeGap = "signature"  // (i)
	GapWorks     NoticeGap = "works"      // (ii)
	GapItems     NoticeGap = "items"      // (iii)
	GapContact   NoticeGap = "contact"    // (iv)
	GapGoodFaith NoticeGap = "good_faith" // (v)
	GapAccuracy  NoticeGap = "accuracy"   // (vi)
)

// NoticeGaps returns everything that a notice may lack.
func NoticeGaps() []NoticeGap {
	return []NoticeGap{GapSignature, GapWorks, GapItems, GapContact, GapGoodFaith, GapAccuracy}
}

// Missing returns what the notice lacks to be acted on.
func (n Notice) Missing() []NoticeGap {
	out := []NoticeGap{}
	for _, g := range []struct {
		gap  NoticeGap
		lack bool
	}{
		{GapSignature, n.Signature == ""},
		{GapWorks, n.Works == ""},
		{GapItems, n.Items == 0},
		{GapContact, n.Name == "" || n.Email == "" && n.Address == ""},
		{GapGoodFaith, !n.GoodFaith},
		{GapAccuracy, !n.Accuracy},
	} {
		if g.lack && n.ForgottenAt == nil {
			out = append(out, g.gap)
		}
	}
	return out
}

// NoticeItemKind is what a notice names.
type NoticeItemKind string

// The kinds of item.
const (
	ItemValue NoticeItemKind = "value" // an info hash, a magnet link, a host or an address
	ItemFile  NoticeItemKind = "file"  // the id of a stored file
	ItemShare NoticeItemKind = "share" // the id of a share, whose files are items of their own
	ItemJob   NoticeItemKind = "job"   // the id of a job of which all files are zipped; they are items of their own
	ItemZip   NoticeItemKind = "zip"   // the id of chosen files that are zipped; they are items of their own
)

// HasParts reports whether the files of what is named are items of their own.
func (k NoticeItemKind) HasParts() bool { return k == ItemShare || k == ItemJob || k == ItemZip }

// NoticeItem is one thing that a notice names.
type NoticeItem struct {
	NoticeID uuid.UUID `gorm:"type:uuid;primaryKey"`
	N        int       `gorm:"primaryKey"` // from 1
	Kind     NoticeItemKind
	Value    string
	PartOf   *int       // the share or zip among the items that has this file; nil for what the complainant named
	BlockID  *uuid.UUID `gorm:"type:uuid"` // nil until it is blocked
	Made     bool       // the block came with this notice
	Refusal  string     // why it could not be blocked; empty unless it was refused

	Lifted bool  `gorm:"->"` // the block was lifted
	Jobs   int64 `gorm:"->"` // that the block covers of what is here

	Secret string    `gorm:"-"` // hash of the secret in the address of a share's page, in hex; empty for no such address
	Share  uuid.UUID `gorm:"-"` // whose file a thumbnail is of; nil for no address of a thumbnail
	Ref    int64     `gorm:"-"` // the file's number in that share

	Name    string     `gorm:"->"`           // of the share, or the path of the file; empty for one that is gone
	JobID   *uuid.UUID `gorm:"->;type:uuid"` // of the file
	OwnerID *uuid.UUID `gorm:"->;type:uuid"` // of the file or the share
	Email   string     `gorm:"->"`           // of the owner
}

// NewNotice is a notice to record.
type NewNotice struct {
	Notice
	Values []string     // info hashes, magnet links, hosts and addresses
	Files  []uuid.UUID  // stored files
	Things []NoticeItem // of every kind, in the complainant's order; only kind, value and where an address leads count
}

// NoticeFilter is which notices are listed.
type NoticeFilter struct {
	State  NoticeState // empty for all
	Open   bool        // only those that wait for an administrator, the most urgent first
	Search string      // part of the complainant, the works or the reference; empty for all
	Cursor string
	Limit  int
}

// NoticeDetail is a notice with what belongs to it.
type NoticeDetail struct {
	Notice
	Things  []NoticeItem
	Counter *CounterNotice // nil without one
	Strikes []Strike       // that it gave
}

// NoticeLine is a notice as it is published: without anything private.
type NoticeLine struct {
	ID                             uuid.UUID
	Channel                        NoticeChannel
	State                          NoticeState
	ReceivedAt                     time.Time
	DecidedAt, EndedAt             *time.Time
	Items                          int64 // that it names
	Hashes, Addresses, Files, Jobs int64 // that are blocked, and the jobs that this covers
	Strikes                        int64
	Countered                      bool
}

// SentNotice is a notice as whoever sent it by the form reads it.
type SentNotice struct {
	Reference          string
	State              NoticeState
	Note               string
	ReceivedAt         time.Time
	DecidedAt, EndedAt *time.Time
	DueAt              *time.Time // when a counter-notice's clock runs out; nil without one
	Items, Blocked     int64      // that it names, and that are blocked now
}

// OwnedNotice is a notice as the owner of what it blocks reads it: without the
// complainant's address.
type OwnedNotice struct {
	ID        uuid.UUID
	State     NoticeState
	For       string // the organisation, or the complainant
	Works     string
	Note      string
	DecidedAt *time.Time
	DueAt     *time.Time // when the counter-notice's clock runs out; nil without one
	Jobs      int64      // of the owner that it blocks
	Names     string     // of those, one on each line
}
