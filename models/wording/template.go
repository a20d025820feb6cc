package wording

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"longhaul/models"
)

// fill returns the first form whose parameters are all present, with their
// values filled in. A parameter stands in braces, with a format after a bar:
// {need|bytes}. The condition gives deadline, attempt and attempts, the voice
// job and jobs.
func (v Voice) fill(forms []string, p models.Params, c Condition) string {
	for _, form := range forms {
		if text, ok := v.try(form, p, c); ok {
			return text
		}
	}
	return ""
}

func (v Voice) try(form string, p models.Params, c Condition) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(form, "{")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		place, after, _ := strings.Cut(rest, "}")
		name, format, _ := strings.Cut(place, "|")
		text, ok := v.value(name, format, p, c)
		if !ok {
			return "", false
		}
		b.WriteString(text)
		form = after
	}
}

// value returns a parameter in words; false means that it is missing or that
// this voice leaves it out.
func (v Voice) value(name, format string, p models.Params, c Condition) (string, bool) {
	switch name {
	case "job":
		return v.noun, true
	case "jobs":
		return v.noun + "s", true
	case "attempt":
		return strconv.Itoa(c.Attempt), c.Attempt > 0
	case "attempts":
		return strconv.Itoa(c.MaxAttempts), c.MaxAttempts > 0
	case "deadline":
		if c.Deadline == nil {
			return "", false
		}
		return v.instant(*c.Deadline, format)
	}
	if n, ok := p.Int(name); ok {
		return number(n, format)
	}
	if t, ok := p.Time(name); ok {
		return v.instant(t, format)
	}
	text, ok := p.Text(name)
	switch format {
	case "provider":
		return Provider(models.Provider(text)), ok
	case "act":
		return Action(models.Action(text)), ok
	case "state":
		return State(models.State(text)), ok
	case "cause":
		text, ok = causes[text]
		return text, ok
	case "why":
		text = v.fill(ownWords(lookUp(models.ReasonCode(text)).why), p, c)
		return text, text != ""
	default:
		text = oneLine(text)
		return text, text != ""
	}
}

// ownWords leaves out the forms that refer to another reason, so that reasons
// don't go round in circles.
func ownWords(forms []string) []string {
	return slices.DeleteFunc(slices.Clone(forms), func(form string) bool { return strings.Contains(form, "|why}") })
}

// instant renders a time, or with the format "set" only requires that there is
// one.
func (v Voice) instant(t time.Time, format string) (string, bool) {
	switch {
	case format == "set":
		return "", true
	case v.clock == nil:
		return "", false
	default:
		return v.clock(t), true
	}
}

// number renders a whole number. A count of zero is treated as missing.
func number(n int64, format string) (string, bool) {
	switch format {
	case "bytes":
		return models.BytesInWords(n), true
	case "duration":
		return Duration(time.Duration(n) * time.Second), true
	case "files":
		return Count(n, "file"), n > 0
	case "peers":
		return Count(n, "peer"), n > 0
	case "none":
		return "", n == 0
	case "some":
		return "", n > 0
	default:
		return strconv.FormatInt(n, 10), true
	}
}

// oneLine keeps a name's control characters away from terminals.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
