package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/models"
)

type storageCmd struct {
	Prepare storagePrepareCmd `cmd:"" help:"Create the bucket and a key for each use in versitygw, with the root key (settings in .env.example)."`
	Status  storageStatusCmd  `cmd:"" help:"Show how storage and database compare (from the database)."`
	Accept  storageAcceptCmd  `cmd:"" help:"Accept storage as it is, after the restore of a dump or a change of the bucket (in the database)."`
	Clean   storageCleanCmd   `cmd:"" help:"Remove what a cleanup found (in the database)."`
}

// console is who acts from a shell on the server.
var console = models.Actor{Kind: models.ActorConsole}

type storageStatusCmd struct{}

// pauseTexts say why deletion is paused.
var pauseTexts = map[models.StoragePause]string{
	models.PauseRestored:    "the database is older than storage, as after the restore of a dump",
	models.PauseOtherBucket: "the database does not know this bucket",
}

// Run prints what the last sweep and the last check found.
func (c *storageStatusCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		r, err := s.Stock.StorageReport(ctx)
		if err != nil {
			return err
		}
		deletion := "works"
		switch {
		case r.Paused != "" && r.AcceptedAt != nil:
			deletion = "paused until the next sweep; accepted"
		case r.Paused != "":
			deletion = "paused: " + pauseTexts[r.Paused]
		case r.RefusedOrphans > 0:
			deletion = fmt.Sprintf("waits for you: %d orphans are too many at once; longhaul admin storage cleanup lists them", r.RefusedOrphans)
		}
		fmt.Fprintf(p.Out, "Deletion:     %s\n", deletion)
		fmt.Fprintf(p.Out, "Orphans:      %d, %s\n", r.Orphans.Count, bytesInWords(r.Orphans.Bytes))
		fmt.Fprintf(p.Out, "Lost files:   %d, %s, in %d downloads\n", r.Lost.Count, bytesInWords(r.Lost.Bytes), r.LostJobs)
		if r.RefusedLost > 0 {
			fmt.Fprintf(p.Out, "Not marked:   %d files are gone, too many to mark them without you\n", r.RefusedLost)
		}
		fmt.Fprintf(p.Out, "Last sweep:   %s\nLast check:   %s\n", moment(r.SweptAt), moment(r.CheckedAt))
		return nil
	})
}

func moment(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

type storageAcceptCmd struct {
	Yes bool `help:"Confirm that this is the database and the bucket you want." required:""`
}

// Run accepts storage; the worker takes it up with its next sweep.
func (c *storageAcceptCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		if err := s.Stock.AcceptStorage(ctx, console); err != nil {
			return err
		}
		fmt.Fprintln(p.Err, "Accepted. It takes effect with the next sweep, within the hour. Objects without a row are kept for another week.")
		return nil
	})
}

type storageCleanCmd struct {
	Cleanup string `arg:"" help:"Id of the cleanup. “longhaul admin storage cleanup” starts one and shows it."`
	Yes     bool   `help:"Confirm that the objects may be removed for good." required:""`
}

// Run confirms what a cleanup found; the worker removes it.
func (c *storageCleanCmd) Run(ctx context.Context, p *program) error {
	id, err := uuid.Parse(c.Cleanup)
	if err != nil {
		return usagef("%q is not the id of a cleanup.", c.Cleanup)
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		found, err := s.Stock.ConfirmCleanup(ctx, console, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Err, "Confirmed. The worker removes %d things, %s.\n", found.Total, bytesInWords(found.Bytes))
		return nil
	})
}
