package cli

import (
	"context"
	"errors"
	"fmt"

	"longhaul/internal/backup"
	"longhaul/internal/config"
	"longhaul/internal/objstore"
	"longhaul/internal/store/dump"
	"longhaul/internal/token"
)

type backupCmd struct {
	Dir string `arg:"" help:"Folder for backups; each gets a folder of its own in it." type:"path"`
}

// Run writes a backup and prints its folder alone, for scripts.
func (c *backupCmd) Run(ctx context.Context, p *program) (err error) {
	cfg, opts, err := p.backupOptions()
	if err != nil {
		return err
	}
	s, err := dump.Open(ctx, cfg.Database.URL)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	path, d, err := backup.Write(ctx, c.Dir, cfg.Storage.Bucket, s, opts)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(map[string]any{"path": path, "backup": d})
	}
	fmt.Fprintf(p.Err, "The backup has the database and a list of %d objects, %s. The objects and the secrets are not in it.\n",
		d.Objects.Count, bytesInWords(d.Objects.Bytes))
	fmt.Fprintln(p.Out, path)
	return nil
}

// backupOptions reads the worker's settings: those of the database, the storage
// and all secrets that a restored database needs.
func (p *program) backupOptions() (config.Config, backup.Options, error) {
	cfg, err := config.Load(config.ProcessWorker)
	if err != nil {
		return cfg, backup.Options{}, fmt.Errorf("configuration (the worker's settings are needed):\n%w", err)
	}
	keys, err := token.NewKeys(cfg.SecretKey, cfg.AcceptedKey)
	if err != nil {
		return cfg, backup.Options{}, err
	}
	return cfg, backup.Options{
		DatabaseURL: cfg.Database.URL, Build: p.opts.Build, Secrets: backup.Secrets{Keys: keys, Values: cfg.Secrets()},
		Step: func(name string) { fmt.Fprintln(p.Err, "•", name) },
	}, nil
}

// bucket opens the storage with the worker's key.
func bucket(s config.Storage) (*objstore.Client, error) {
	return objstore.New(objstore.Config{
		Endpoint: s.Endpoint, Region: s.Region, Bucket: s.Bucket, PathStyle: s.PathStyle, AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey,
	})
}
