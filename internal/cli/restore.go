package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/app/plug"
	"longhaul/internal/backup"
	"longhaul/internal/stocktake"
	"longhaul/internal/store"
	"longhaul/internal/store/dump"
	"longhaul/models"
)

type restoreCmd struct {
	Backup  string   `arg:"" help:"Folder of the backup." type:"path"`
	DryRun  bool     `help:"Check everything and say what would happen, but change nothing."`
	Changed []string `help:"Setting whose secret may differ from the backup's, such as SEEDR_PASSWORD after it was changed. Can be repeated." placeholder:"NAME"`
}

// restored is what the command prints as JSON.
type restored struct {
	Backup  backup.Description     `json:"backup"`
	Report  backup.Report          `json:"report"`
	Outcome *models.RestoreOutcome `json:"outcome,omitempty"`
}

// Run restores the backup into the empty database of the settings.
func (c *restoreCmd) Run(ctx context.Context, p *program) error {
	cfg, opts, err := p.backupOptions()
	if err != nil {
		return err
	}
	b, err := backup.Open(c.Backup)
	if err != nil {
		return err
	}
	objects, err := bucket(cfg.Storage)
	if err != nil {
		return err
	}
	r := backup.Restore{
		Options: opts, Backup: b, Bucket: objects, Changed: c.Changed,
		Target: target{url: cfg.Database.URL, bucket: objects, log: p.logger(cfg)},
	}
	out := restored{Backup: b.Description}
	if out.Report, err = r.Check(ctx); err != nil {
		return err
	}
	if refused := out.Report.Refused(); refused != nil || c.DryRun {
		return errors.Join(p.showRestore(out), refused)
	}
	outcome, err := r.Run(ctx)
	if err != nil {
		return err
	}
	out.Outcome = &outcome
	return p.showRestore(out)
}

// showRestore prints what was found and done, or would be.
func (p *program) showRestore(r restored) error {
	if p.json {
		return p.printJSON(r)
	}
	b, s := r.Backup, r.Report.Storage
	fmt.Fprintf(p.Out, "Backup:       %s, by version %s, schema %d\n", b.CreatedAt.UTC().Format(time.RFC3339), b.Program, b.Schema)
	if r.Report.Migrates {
		fmt.Fprintln(p.Out, "Schema:       is older than this program's, and is migrated")
	}
	for _, name := range r.Report.Changed {
		fmt.Fprintf(p.Out, "Secret:       %s differs, as you allowed\n", name)
	}
	fmt.Fprintf(p.Out, "Objects:      %d, %s, are in the bucket\n", s.Same.Count, bytesInWords(s.Same.Bytes))
	fmt.Fprintf(p.Out, "Gone:         %d, %s, are not, or differ; their downloads will say so\n", s.Gone.Count, bytesInWords(s.Gone.Bytes))
	for _, key := range s.Missing {
		fmt.Fprintf(p.Out, "              %s\n", key)
	}
	fmt.Fprintf(p.Out, "Without row:  %d, %s, stay: they are newer than the backup, or orphans\n", s.Unknown.Count, bytesInWords(s.Unknown.Bytes))
	if s.Bucket != "" {
		fmt.Fprintf(p.Out, "Deletion:     will pause until you accept it, because %s\n", pauseTexts[s.Bucket])
	}
	if r.Outcome != nil {
		p.showOutcome(*r.Outcome)
	} else {
		fmt.Fprintln(p.Err, "Nothing was changed.")
	}
	return nil
}

func (p *program) showOutcome(o models.RestoreOutcome) {
	fmt.Fprintf(p.Out, "Marked:       %d files as lost, or to be fetched again; %d objects as orphans, kept for a week at least\n", o.Lost, o.Orphans)
	if o.Refused > 0 {
		fmt.Fprintf(p.Out, "Not marked:   %d files are gone, too many to mark them without you: longhaul storage accept --yes\n", o.Refused)
	}
	fmt.Fprintln(p.Err, "The database is restored. Start api and worker; open downloads continue from their rows.")
}

// target is the database of the settings.
type target struct {
	url    string
	bucket stocktake.Bucket
	log    *slog.Logger
}

// Empty implements backup.Target.
func (t target) Empty(ctx context.Context) (bool, error) { return dump.Empty(ctx, t.url) }

// Newest implements backup.Target.
func (t target) Newest() (int64, error) { return store.Newest() }

// Migrate implements backup.Target.
func (t target) Migrate(ctx context.Context) error { return store.Migrate(ctx, t.url, t.log) }

// Settle implements backup.Target.
func (t target) Settle(ctx context.Context, d backup.Description) (out models.RestoreOutcome, err error) {
	s, err := store.Open(ctx, t.url, t.log)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.DB.Close()) }()
	after := map[string]any{"backup": d.ID.String(), "created_at": d.CreatedAt.Format(time.RFC3339), "program": d.Program, "schema": d.Schema}
	if err := s.Stock.Restored(ctx, console, after); err != nil {
		return out, err
	}
	taker := stocktake.Taker{Store: plug.Stocktake(s.Worker()), Bucket: t.bucket, Now: s.DB.Now, NewID: uuid.New, Log: t.log}
	swept, err := taker.Mark(ctx, stocktake.SweepOptions{Grace: models.OrphanGrace, Keep: models.OrphanRetention})
	if err != nil {
		return out, fmt.Errorf("mark orphans: %w", err)
	}
	checked, err := taker.Check(ctx, stocktake.CheckOptions{Percent: models.StockPercent, Floor: models.StockFloor})
	if err != nil {
		return out, fmt.Errorf("look for the objects of files: %w", err)
	}
	return models.RestoreOutcome{
		Paused: swept.Paused, Orphans: swept.Objects + swept.Uploads, Lost: checked.Lost, Refused: checked.Refused,
	}, nil
}
