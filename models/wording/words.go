package wording

import (
	"strconv"
	"strings"
	"time"

	"longhaul/models"
)

// State returns a state as used in a sentence.
func State(s models.State) string { return strings.ReplaceAll(string(s), "_", " ") }

// StateTitle returns a state as a heading.
func StateTitle(s models.State) string {
	words := State(s)
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// Provider returns a provider's name as used in a sentence.
func Provider(p models.Provider) string {
	switch p {
	case models.ProviderSeedr:
		return "Seedr"
	case models.ProviderAgent:
		return "the agents"
	default:
		return "another provider"
	}
}

// Action returns what was done to a job by an action: "paused", "cancelled".
func Action(a models.Action) string {
	switch a {
	case models.ActionCancel:
		return "cancelled"
	case models.ActionPause:
		return "paused"
	case models.ActionResume:
		return "resumed"
	case models.ActionSelect:
		return "given other files"
	case models.ActionRetry:
		return "retried"
	case models.ActionDelete:
		return "deleted"
	case models.ActionMove:
		return "moved"
	case models.ActionStop:
		return "stopped"
	default:
		return string(a)
	}
}

// Count returns a number of things, such as "1 file" and "3 files".
func Count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.FormatInt(n, 10) + " " + thing + "s"
}

// Duration returns a duration in the largest suitable unit.
func Duration(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return Count(int64(d/(24*time.Hour)), "day")
	case d >= 2*time.Hour:
		return Count(int64(d/time.Hour), "hour")
	case d >= 2*time.Minute:
		return Count(int64(d/time.Minute), "minute")
	default:
		return Count(int64(d.Round(time.Second)/time.Second), "second")
	}
}
