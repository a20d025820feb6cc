package models_test

import (
	"testing"
	"time"

	"longhaul/models"
)

func TestFreeRoom(t *testing.T) {
	t.Parallel()
	limit := int64(100)
	for name, c := range map[string]struct {
		room    models.Room
		free    int64
		limited bool
	}{
		"empty":                 {models.Room{Limit: &limit}, 100, true},
		"used and reserved":     {models.Room{Used: 60, Reserved: 30, Limit: &limit}, 10, true},
		"full":                  {models.Room{Used: 60, Reserved: 40, Limit: &limit}, 0, true},
		"over, after a smaller": {models.Room{Used: 200, Limit: &limit}, 0, true},
		"without a limit":       {models.Room{Used: 200, Reserved: 30}, 0, false},
	} {
		if free, limited := c.room.Free(); free != c.free || limited != c.limited {
			t.Errorf("%s: %d free, limited is %v", name, free, limited)
		}
	}
}

func TestPlanFits(t *testing.T) {
	t.Parallel()
	job, all := int64(10), int64(20)
	plan := models.Plan{Name: "Free", MaxJobBytes: &job, StorageBytes: &all}
	loose := models.Plan{Name: "Free", StorageBytes: &all}
	for name, c := range map[string]struct {
		plan models.Plan
		size int64
		want string // the parameter with the limit that is in the way
	}{
		"exactly one job":   {plan, 10, ""},
		"a byte more":       {plan, 11, "limit"},
		"exactly all of it": {loose, 20, ""},
		"more than all":     {loose, 21, "total"},
		"no limits":         {models.Plan{}, 1 << 60, ""},
	} {
		err := c.plan.Fits(c.size)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		e := models.AsError(err)
		if _, ok := e.Params.Int(c.want); e.Problem != models.ProblemQuotaExceeded || !ok {
			t.Errorf("%s: %v with %v", name, err, e.Params)
		}
	}
}

// A plan that is handed out shares no limit with the one that is kept.
func TestPlanClone(t *testing.T) {
	t.Parallel()
	one, many := 1, int64(2)
	plan := models.Plan{MaxRunningJobs: &one, RetentionDays: &one, StorageBytes: &many, BandwidthBytes: &many, MaxJobBytes: &many, RateLimit: &many}
	clone := plan.Clone()
	*plan.MaxRunningJobs, *plan.StorageBytes = 10, 20
	if *clone.MaxRunningJobs != 1 || *clone.RetentionDays != 1 || *clone.StorageBytes != 2 || *clone.BandwidthBytes != 2 || *clone.MaxJobBytes != 2 || *clone.RateLimit != 2 {
		t.Errorf("the clone changed: %+v", clone)
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	// The last evening of the year in New York is January in UTC.
	start, reset := models.Period(time.Date(2026, 12, 31, 22, 0, 0, 0, time.FixedZone("EST", -5*3600)))
	if !start.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) || !reset.Equal(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("from %s to %s", start, reset)
	}
}
