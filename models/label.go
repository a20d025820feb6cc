package models

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Bounds of labels.
const (
	MaxLabels       = 100 // of one user
	MaxJobLabels    = 20  // on one job
	MaxLabelName    = 50  // characters
	MaxLabelledJobs = 1000
)

// Colour is what a label looks like. Each page has its own shade of it.
type Colour string

// Colours returns all colours, in the order in which pages show them.
func Colours() []Colour {
	return []Colour{"grey", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"}
}

// Valid reports whether c is one of the colours.
func (c Colour) Valid() bool { return slices.Contains(Colours(), c) }

// Label is what a user sorts jobs by.
type Label struct {
	ID        uuid.UUID
	UserID    uuid.UUID
	Name      string
	Colour    Colour
	CreatedAt time.Time

	Jobs int64 `gorm:"->"` // that have it
}

// CheckedLabel returns the name without spaces around it. It refuses one that
// can't be shown in a line, and an unknown colour.
func CheckedLabel(name string, colour Colour) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n == 0 || n > MaxLabelName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Errorf(CodeInvalid, "A label's name has 1 to %d characters.", MaxLabelName).In("name")
	}
	if !colour.Valid() {
		return "", Errorf(CodeInvalid, "Choose one of the colours.").In("colour")
	}
	return name, nil
}

// LabelChange is what many jobs get and lose.
type LabelChange struct {
	Add    []uuid.UUID
	Remove []uuid.UUID
}

// Checked refuses a change that changes nothing or names too many labels.
func (c LabelChange) Checked() error {
	if n := len(c.Add) + len(c.Remove); n == 0 || n > MaxJobLabels {
		return Errorf(CodeInvalid, "Name 1 to %d labels.", MaxJobLabels).In("add")
	}
	return nil
}

// LabelledJobs is how many jobs a change of labels was made to, and how many have
// too many labels for it.
type LabelledJobs struct {
	Changed int64
	Refused int64
}
