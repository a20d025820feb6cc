package jobs

import (
	"context"

	"longhaul/internal/source"
	"longhaul/models"
)

// leadOn makes the job of an address that of the torrent which was found there, and
// keeps the address as its origin. It refuses what a submit of the torrent would
// refuse: a kind of source that is off for the user, and a second open job for the
// same content. Blocks, the size and the room for it are for the caller to check,
// as with every manifest.
func (js *Jobs) leadOn(ctx context.Context, job *models.Job, m models.Manifest) error {
	to, leads, err := source.LeadsTo(models.Source{Kind: job.SourceKind, URI: job.SourceURI}, m)
	if err != nil || !leads {
		return err
	}
	if err := js.flags.RequireFlag(ctx, models.FlagOf(to.Kind), job.UserID); err != nil {
		return err
	}
	same := *job
	same.InfoHashV1, same.InfoHashV2 = orNil(to.InfoHashV1), orNil(to.InfoHashV2)
	if err := js.duplicate(ctx, same); !models.IsNotFound(err) {
		return err
	}
	job.SourceKind, job.SourceURI, job.SourceLogin, job.OriginURI = to.Kind, to.URI, "", to.Origin
	if job.Selection == nil && !job.ChooseFiles {
		job.Selection = to.Select
	}
	return js.save(ctx, "follow address to torrent", job, "source_kind", "source_uri", "source_login", "origin_uri", "selection")
}
