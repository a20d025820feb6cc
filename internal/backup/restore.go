package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"longhaul/models"
)

// Target is the database that a backup is restored into.
type Target interface {
	Empty(ctx context.Context) (bool, error)
	Newest() (int64, error)                                                   // version of the schema that this program knows
	Migrate(ctx context.Context) error                                        // brings the schema to it
	Settle(ctx context.Context, d Description) (models.RestoreOutcome, error) // compares rows and bucket, and notes what it finds
}

// Steps of restoring, as Options.Step gets them.
const (
	StepVerify  = "check the backup"
	StepCompare = "compare it with the bucket"
	StepRestore = "restore the database"
	StepMigrate = "migrate the schema"
	StepSettle  = "compare rows and objects"
)

// Restore is a backup, and where it goes.
type Restore struct {
	Options
	Backup  *Backup
	Bucket  Bucket
	Target  Target
	Changed []string // settings whose secrets may differ from those of the backup
}

// Report is what a check found. With refusals nothing is restored.
type Report struct {
	Refusals []string   `json:"refusals"`
	Migrates bool       `json:"migrates"` // the schema is older than this program's
	Changed  []string   `json:"changed"`  // secrets that differ, as allowed
	Storage  Comparison `json:"storage"`
}

func (r *Report) refuse(format string, args ...any) {
	r.Refusals = append(r.Refusals, fmt.Sprintf(format, args...))
}

// Check finds out all that speaks against restoring the backup, and what would
// follow. It changes nothing.
func (r Restore) Check(ctx context.Context) (Report, error) {
	out := Report{Refusals: []string{}, Changed: []string{}, Storage: Comparison{Missing: []string{}}}
	r.step(StepVerify)
	damage, err := r.Backup.Damage(ctx)
	if err != nil {
		return out, err
	}
	out.Refusals = append(out.Refusals, damage...)
	r.secrets(&out)
	if err := r.schema(&out); err != nil {
		return out, err
	}
	empty, err := r.Target.Empty(ctx)
	if err != nil {
		return out, err
	}
	if !empty {
		out.refuse("The database is not empty. Restore into a new one: nothing is overwritten.")
	}
	if len(damage) > 0 {
		return out, nil // the list of objects may be part of it
	}
	r.step(StepCompare)
	out.Storage, err = r.Backup.Compare(ctx, r.Bucket)
	return out, err
}

func (r Restore) secrets(out *Report) {
	unlike := r.Backup.Unlike(r.Secrets)
	slices.Sort(unlike)
	for _, name := range unlike {
		switch {
		case slices.Contains(r.Changed, name):
			out.Changed = append(out.Changed, name)
		case name == secretKey:
			out.refuse("SECRET_KEY is not the one of the backup: second factors and links would stop working, and agents would have to be restarted. " +
				"Put the old key back, or into SECRET_KEY_ACCEPTED; pass --changed SECRET_KEY if it is lost.")
		default:
			out.refuse("%s is not the one of the backup. Check that it belongs to this installation, then pass --changed %s.", name, name)
		}
	}
	if !slices.Contains(unlike, secretKey) && !r.Backup.Sealed(r.Secrets) {
		out.refuse("%s was changed after it was written.", DescriptionFile)
	}
}

func (r Restore) schema(out *Report) error {
	newest, err := r.Target.Newest()
	if err != nil {
		return err
	}
	if r.Backup.Schema > newest {
		out.refuse("The backup has schema version %d, and this program knows none after %d. Use version %s of the programs or a newer one.",
			r.Backup.Schema, newest, r.Backup.Program)
	}
	out.Migrates = r.Backup.Schema < newest
	return nil
}

// Run restores a backup that Check found nothing against. Killed before the
// database is restored, it leaves an empty one; killed later, a whole one, of
// which "longhaul migrate" and the worker's sweeps do the rest.
func (r Restore) Run(ctx context.Context) (models.RestoreOutcome, error) {
	r.step(StepRestore)
	if err := restore(ctx, r.DatabaseURL, r.Backup.file(DatabaseFile)); err != nil {
		return models.RestoreOutcome{}, err
	}
	r.step(StepMigrate)
	if err := r.Target.Migrate(ctx); err != nil {
		return models.RestoreOutcome{}, errors.Join(errors.New("the database is restored, but its schema could not be migrated; run longhaul migrate"), err)
	}
	r.step(StepSettle)
	out, err := r.Target.Settle(ctx, r.Backup.Description)
	if err != nil {
		return out, errors.Join(errors.New("the database is restored; the worker compares rows and objects once it runs, because it could not be done now"), err)
	}
	return out, nil
}

// Refused is the error of a report with refusals, nil without.
func (r Report) Refused() error {
	if len(r.Refusals) == 0 {
		return nil
	}
	return errors.New("nothing was restored:\n  " + strings.Join(r.Refusals, "\n  "))
}
