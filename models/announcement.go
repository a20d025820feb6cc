package models

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// AnnouncementLevel is how urgent an announcement is.
type AnnouncementLevel string

// The levels of an announcement.
const (
	AnnounceInfo    AnnouncementLevel = "info"
	AnnounceWarning AnnouncementLevel = "warning"
)

// MaxAnnouncement is how many characters an announcement may have.
const MaxAnnouncement = 500

// Announcement is what an administrator tells everyone. There is one at a time.
type Announcement struct {
	ID          uuid.UUID // of this text; another text has another one
	Text        string    // plain
	Level       AnnouncementLevel
	StartsAt    time.Time
	EndsAt      *time.Time // nil until it is removed
	Dismissible bool
	Public      bool // shown before sign-in, too
	CreatedAt   time.Time
}

// The acts on the announcement, for the audit log.
const (
	AuditAnnounced         AuditAction = "announcement.set"
	AuditAnnouncementEnded AuditAction = "announcement.remove"
)

// Check refuses an announcement that says nothing, or is never shown after now.
func (a Announcement) Check(now time.Time) error {
	switch {
	case strings.TrimSpace(a.Text) == "" || utf8.RuneCountInString(a.Text) > MaxAnnouncement:
		return Errorf(CodeInvalid, "Use 1 to %d characters.", MaxAnnouncement).In("text")
	case strings.ContainsFunc(a.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return Errorf(CodeInvalid, "Use one line of plain text.").In("text")
	case a.Level != AnnounceInfo && a.Level != AnnounceWarning:
		return Errorf(CodeInvalid, "No such level.").In("level")
	case a.EndsAt != nil && (!a.EndsAt.After(now) || !a.EndsAt.After(a.StartsAt)):
		return Errorf(CodeInvalid, "The end must be in the future, and after the start.").In("until")
	default:
		return nil
	}
}

// Facts is the announcement for the audit log.
func (a Announcement) Facts() map[string]any {
	out := map[string]any{
		"text": a.Text, "level": string(a.Level), "from": a.StartsAt.UTC().Format(time.RFC3339), "until": nil,
		"dismissible": a.Dismissible, "public": a.Public,
	}
	if a.EndsAt != nil {
		out["until"] = a.EndsAt.UTC().Format(time.RFC3339)
	}
	return out
}
