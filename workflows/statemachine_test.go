package workflows_test

import (
	"os"
	"regexp"
	"testing"

	"longhaul/models"
)

// TestDrawingIsTheMachine compares docs/state-machine.md with models, both ways.
func TestDrawingIsTheMachine(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/state-machine.md")
	if err != nil {
		t.Fatal(err)
	}
	type arrow struct{ from, to models.State }
	drawn := map[arrow]bool{}
	for _, m := range regexp.MustCompile(`(?m)^    (\w+) --> (\w+)`).FindAllStringSubmatch(string(doc), -1) {
		a := arrow{models.State(m[1]), models.State(m[2])}
		if drawn[a] {
			t.Errorf("%s --> %s is drawn twice", a.from, a.to)
		}
		drawn[a] = true
		if !a.from.CanBecome(a.to) {
			t.Errorf("%s --> %s is drawn but not allowed", a.from, a.to)
		}
	}
	for _, from := range models.States() {
		for _, to := range from.Next() {
			if !drawn[arrow{from, to}] {
				t.Errorf("%s --> %s is allowed but not drawn", from, to)
			}
		}
	}
}
