package supervisor

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestChangesAreConflated(t *testing.T) {
	cases := map[string]struct {
		since func(rev int64) int64
		after time.Duration // when something changes; 0 is never
		phase bool
		want  time.Duration
	}{
		"nothing":           {after: 0, want: 10 * time.Second},
		"progress at once":  {after: time.Millisecond, want: time.Second},
		"progress later":    {after: 3 * time.Second, want: 3 * time.Second},
		"a phase":           {after: 20 * time.Millisecond, phase: true, want: 20 * time.Millisecond},
		"a phase later":     {after: 5 * time.Second, phase: true, want: 5 * time.Second},
		"everything wanted": {since: func(int64) int64 { return 0 }, want: 0},
		"another life":      {since: func(rev int64) int64 { return rev + 1000 }, want: 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newChangeLog()
				c.touch("x", true)
				ids, rev := c.since(0)
				if len(ids) != 1 {
					t.Fatalf("ids %v", ids)
				}
				if tc.since != nil {
					rev = tc.since(rev)
				}
				if tc.after > 0 {
					time.AfterFunc(tc.after, func() { c.touch("y", tc.phase) })
				}
				start := time.Now()
				c.await(t.Context(), rev, 10*time.Second)
				if took := time.Since(start); took != tc.want {
					t.Errorf("it took %s, want %s", took, tc.want)
				}
			})
		})
	}
}

// What somebody knows is not told again, and what they missed is.
func TestOnlyWhatIsNewIsTold(t *testing.T) {
	t.Parallel()
	c := newChangeLog()
	c.touch("x", true)
	c.touch("y", false)
	all, rev := c.since(0)
	if len(all) != 2 {
		t.Errorf("at first: %v", all)
	}
	if again, now := c.since(rev); len(again) != 0 || now != rev {
		t.Errorf("without a change: %v at %d, known is %d", again, now, rev)
	}
	c.touch("y", false)
	c.touch("z", true)
	c.drop("z")
	if news, _ := c.since(rev); len(news) != 1 || news[0] != "y" {
		t.Errorf("after a change: %v", news)
	}
	if everything, _ := c.since(rev + 1000); len(everything) != 2 {
		t.Errorf("to a caller from an earlier start of the agent: %v", everything)
	}
}
