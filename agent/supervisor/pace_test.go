package supervisor

import (
	"slices"
	"testing"
)

func TestTheSpeedIsDivided(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  int64
		uses []paceUse
		want []int64
	}{
		"no limit":              {0, []paceUse{{given: 0, rate: 5}, {given: 10, rate: 5}}, []int64{0, 0}},
		"none runs":             {100, nil, []int64{}},
		"new ones":              {900, []paceUse{{}, {}, {}}, []int64{300, 300, 300}},
		"all are busy":          {1000, []paceUse{{given: 500, rate: 490}, {given: 500, rate: 500}}, []int64{500, 500}},
		"one leaves most":       {1000, []paceUse{{given: 500, rate: 80}, {given: 500, rate: 500}}, []int64{100, 900}},
		"one stands still":      {1000, []paceUse{{given: 500, rate: 0}, {given: 500, rate: 480}}, []int64{50, 950}},
		"one comes":             {1000, []paceUse{{given: 1000, rate: 990}, {}}, []int64{500, 500}},
		"one needs it again":    {1000, []paceUse{{given: 100, rate: 100}, {given: 900, rate: 880}}, []int64{500, 500}},
		"all need less":         {1000, []paceUse{{given: 500, rate: 100}, {given: 500, rate: 200}}, []int64{125, 250}},
		"only own limits":       {0, []paceUse{{most: 70}, {given: 70, rate: 10, most: 70}, {}}, []int64{70, 70, 0}},
		"one's plan is slow":    {1000, []paceUse{{most: 200}, {}}, []int64{200, 800}},
		"it takes all it may":   {1000, []paceUse{{given: 200, rate: 195, most: 200}, {given: 800, rate: 800}}, []int64{200, 800}},
		"it takes less than so": {1000, []paceUse{{given: 200, rate: 80, most: 200}, {given: 800, rate: 800}}, []int64{100, 900}},
		"a plan above the part": {900, []paceUse{{most: 5000}, {most: 600}, {}}, []int64{300, 300, 300}},
		"all plans are slow":    {1000, []paceUse{{most: 100}, {most: 150}}, []int64{100, 150}},
		"less than one for all": {1, []paceUse{{}, {}}, []int64{1, 1}},
	} {
		if got := divided(c.all, c.uses); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
