package models_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"longhaul/models"
)

// Every state can be reached, only what is over allows nothing, and blocks are in
// force exactly between acceptance and the end.
func TestStatesOfNotices(t *testing.T) {
	t.Parallel()
	reached := map[models.NoticeState]bool{models.NoticeReceived: true, models.NoticeIncomplete: true}
	for _, s := range models.NoticeStates() {
		if acts := s.Acts(); (len(acts) == 0) != s.Over() {
			t.Errorf("%s allows %v", s, acts)
		}
		for _, act := range s.Acts() {
			next, _ := s.After(act)
			reached[next] = true
			if s.Blocks() && !next.Blocks() && !next.Over() {
				t.Errorf("%s and %s frees what is blocked, and the notice is not over", s, act)
			}
		}
	}
	for _, s := range models.NoticeStates() {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
	}
}

// The table in the documents is the one in the code.
func TestNoticeTableIsDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/state-machine.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range models.NoticeStates() {
		row := "| `" + string(s) + "` |"
		for _, act := range models.NoticeActs() {
			cell := " – |"
			if next, ok := s.After(act); ok {
				cell = " `" + string(next) + "` |"
			}
			row += cell
		}
		if !strings.Contains(string(doc), row+"\n") {
			t.Errorf("docs/state-machine.md lacks the row\n%s", row)
		}
	}
}

func TestWhatANoticeLacks(t *testing.T) {
	t.Parallel()
	if got := (models.Notice{}).Missing(); !slices.Equal(got, models.NoticeGaps()) {
		t.Errorf("an empty notice lacks %v", got)
	}
	n := models.Notice{Signature: "A", Works: "B", Items: 1, Name: "C", Address: "D", GoodFaith: true}
	if got := n.Missing(); !slices.Equal(got, []models.NoticeGap{models.GapAccuracy}) {
		t.Errorf("it lacks %v", got)
	}
}
