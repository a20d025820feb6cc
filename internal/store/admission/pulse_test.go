package admission_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestPulseTellsThatAdmissionStandsStill(t *testing.T) {
	t.Parallel()
	b, ctx := setup(t), t.Context()
	c := storetest.FakeClock(b.Store)
	pulse := func(when string, want models.AdmissionPulse) {
		t.Helper()
		if got := storetest.Must[models.AdmissionPulse](t)(b.Admission.Pulse(ctx)); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	pulse("before the first round", models.AdmissionPulse{})
	storetest.Must[[]uuid.UUID](t)(b.W.Admission.Admit(ctx, 10, 10))
	b.Submit(t, 1000)
	c.Add(time.Minute)
	pulse("with no slot a job waits rightly", models.AdmissionPulse{SinceRound: time.Minute})
	b.Capacity(t, 2)
	c.Add(time.Minute)
	storetest.Exec(t, `update agents set last_seen_at = $1`, c.Now)
	pulse("with free slots it is passed over", models.AdmissionPulse{SinceRound: 2 * time.Minute, PassedOver: 2 * time.Minute})
	b.Admit(t)
	pulse("after a round", models.AdmissionPulse{})
}
