package flags_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func set(t *testing.T, b *storetest.World, flag models.Flag, to models.FlagTarget, enabled *bool) {
	t.Helper()
	storetest.OK(t, b.Flags.SetFlag(t.Context(), b.Admin(), models.FlagChange{Flag: flag, FlagTarget: to, Enabled: enabled, Reason: "test"}))
}

// The rule of an account is stronger than that of its plan, and that is stronger
// than the one for everyone, whichever was set last.
func TestTheCloserRuleHolds(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	on, off := new(bool), new(bool)
	*on = true
	plan := b.Plan(t, models.Plan{}).ID
	everyone, ofPlan, ofUser := models.FlagTarget{}, models.FlagTarget{PlanID: &plan}, models.FlagTarget{UserID: &b.User.ID}
	const flag = models.FlagURLJobs
	for _, step := range []struct {
		to         models.FlagTarget
		enabled    *bool
		user, evil bool // of whom the second has another plan
		anyone     bool
	}{
		{ofUser, on, true, true, true},
		{everyone, off, true, false, true},
		{ofUser, nil, false, false, false},
		{ofPlan, on, true, false, true},
		{ofUser, off, false, false, true},
		{everyone, on, false, true, true},
		{ofUser, nil, true, true, true},
		{ofPlan, off, false, true, true},
		{everyone, nil, false, true, true},
		{ofPlan, nil, true, true, true},
	} {
		set(t, b, flag, step.to, step.enabled)
		user := storetest.Must[bool](t)(b.Flags.FlagOn(t.Context(), flag, b.User.ID))
		evil := storetest.Must[bool](t)(b.Flags.FlagOn(t.Context(), flag, b.Evil.ID))
		anyone := storetest.Must[bool](t)(b.Flags.FlagOnForAny(t.Context(), flag))
		if user != step.user || evil != step.evil || anyone != step.anyone {
			t.Errorf("after %+v: on for the user %v, for another %v, for anyone %v; want %v, %v, %v",
				step, user, evil, anyone, step.user, step.evil, step.anyone)
		}
		list := storetest.Must[[]models.Flag](t)(b.Flags.FlagsOff(t.Context(), b.User.ID))
		if slices.Contains(list, flag) == user {
			t.Errorf("off for the user: %v", list)
		}
	}
	if other := storetest.Must[bool](t)(b.Flags.FlagOn(t.Context(), models.FlagMagnetJobs, b.User.ID)); !other {
		t.Error("another flag is off")
	}
	for _, f := range []models.Flag{models.FlagURLJobs, models.FlagArchives, models.FlagPasskeys, models.FlagAPITokens} {
		set(t, b, f, everyone, off)
	}
	if list := storetest.Must[[]models.Flag](t)(b.Flags.FlagsOff(t.Context(), b.User.ID)); len(list) != 4 || !slices.IsSorted(list) {
		t.Errorf("off for the user, in order: %v", list)
	}
}

// A rule for a plan or an account that does not exist is refused, and one that
// goes takes its rules along.
func TestRulesNeedTheirTarget(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	off, ghost, none := new(bool), uuid.New(), "none"
	for _, to := range []models.FlagTarget{{PlanID: &none}, {UserID: &ghost}} {
		err := b.Flags.SetFlag(t.Context(), b.Admin(), models.FlagChange{Flag: models.FlagArchives, FlagTarget: to, Enabled: off})
		if !models.IsNotFound(err) {
			t.Errorf("%+v: %v", to, err)
		}
	}
	set(t, b, models.FlagArchives, models.FlagTarget{UserID: &b.User.ID}, off)
	if rules := storetest.Must[[]models.FlagEntry](t)(b.Flags.FlagRules(t.Context())); len(rules) != 1 || rules[0].Email != b.User.Email {
		t.Errorf("rules: %+v", rules)
	}
	storetest.Exec(t, `delete from users where id = $1`, b.User.ID)
	if rules := storetest.Must[[]models.FlagEntry](t)(b.Flags.FlagRules(t.Context())); len(rules) != 0 {
		t.Errorf("rules: %+v", rules)
	}
}

// Every kind of source is refused while it is off, and a provider that the user
// names.
func TestSubmitsNeedTheirFlag(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	off := new(bool)
	m := storetest.Manifest(1)
	sources := map[models.Flag]models.NewJob{
		models.FlagMagnetJobs:  {Source: storetest.Magnet()},
		models.FlagTorrentJobs: {Source: models.Source{Kind: models.SourceTorrent, InfoHashV1: "0123456789012345678901234567890123456789"}, Manifest: &m},
		models.FlagURLJobs:     {Source: models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}},
	}
	for flag, n := range sources {
		n.UserID = b.User.ID
		set(t, b, flag, models.FlagTarget{}, off)
		if _, _, err := b.Jobs.SubmitJob(t.Context(), n); models.AsError(err).Problem != models.ProblemFeatureOff {
			t.Errorf("%s: %v", flag, err)
		}
		set(t, b, flag, models.FlagTarget{}, nil)
		storetest.Must[bool](t)(func() (bool, error) {
			_, replayed, err := b.Jobs.SubmitJob(t.Context(), n)
			return replayed, err
		}())
	}
	c := models.ProviderChange{To: models.ProviderAgent, Options: models.ProviderOptions{UserChoice: true}}
	storetest.Must[models.ProviderConfig](t)(b.Providers.SwitchProvider(t.Context(), b.Admin(), c))
	set(t, b, models.FlagProviderChoice, models.FlagTarget{UserID: &b.User.ID}, off)
	for user, refused := range map[uuid.UUID]bool{b.User.ID: true, b.Evil.ID: false} {
		_, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: user, Source: storetest.Magnet(), Provider: models.ProviderAgent})
		if (err != nil) != refused {
			t.Errorf("names a provider: %v, want refused %v", err, refused)
		}
	}
}
