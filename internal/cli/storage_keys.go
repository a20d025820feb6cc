package cli

import (
	"context"
	"fmt"

	"longhaul/internal/config"
	"longhaul/internal/objstore/keys"
)

type storagePrepareCmd struct{}

// Run creates what is missing and updates the rest.
func (c *storagePrepareCmd) Run(ctx context.Context, p *program) error {
	cfg, err := config.LoadStorageKeys()
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	server := keys.Server{
		Endpoint: cfg.Endpoint, Region: cfg.Region, Bucket: cfg.Bucket, PathStyle: cfg.PathStyle,
		Root: keys.Key{ID: cfg.RootID, Secret: cfg.RootSecret},
	}
	err = server.Prepare(ctx, keys.Uses{
		Delivery: keys.Key{ID: cfg.DeliveryID, Secret: cfg.DeliverySecret},
		Upload:   keys.Key{ID: cfg.UploadID, Secret: cfg.UploadSecret},
		Worker:   keys.Key{ID: cfg.WorkerID, Secret: cfg.WorkerSecret},
	})
	if err != nil {
		return fmt.Errorf("prepare the storage: %w", err)
	}
	fmt.Fprintln(p.Err, "The storage has its bucket and its keys.")
	return nil
}
