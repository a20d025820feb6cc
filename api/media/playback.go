package media

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// PlaybackStore keeps where owners stopped.
type PlaybackStore interface {
	Playback(ctx context.Context, userID, fileID uuid.UUID) (models.Playback, error)
	SavePlayback(ctx context.Context, userID, fileID uuid.UUID, r models.PlaybackReport) (models.Playback, error)
	JobPlayback(ctx context.Context, userID, jobID uuid.UUID) ([]models.Playback, error)
}

func (s *Service) playbackRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-playback", Method: http.MethodGet, Path: "/api/v1/files/{id}/playback", Tags: []string{tag},
		Summary: "Where you stopped in a file", Description: "The beginning, if nothing is known.",
	}, s.playback)
	kit.Handle(r, huma.Operation{
		OperationID: "save-playback", Method: http.MethodPut, Path: "/api/v1/files/{id}/playback", Tags: []string{tag},
		Summary: "Save where you are in a file",
		Description: "The last report counts, whichever device it comes from. A file is watched from 92 % on, and in the last 3 minutes of one longer than 30. " +
			"Position 0 with watched false forgets the file. Players report every 10 seconds.",
	}, s.savePlayback)
	kit.Handle(r, huma.Operation{
		OperationID: "get-job-playback", Method: http.MethodGet, Path: "/api/v1/jobs/{id}/playback", Tags: []string{tag},
		Summary: "Where you stopped in each file of a job", Description: "In the order of the source, without files of which nothing is known.",
	}, s.jobPlayback)
}

// Playback is where the owner of a file stopped.
type Playback struct {
	Position  float64    `json:"position" doc:"Seconds from the beginning"`
	Duration  float64    `json:"duration" doc:"Seconds, as the player measured; 0 if it is not known"`
	Watched   bool       `json:"watched"`
	UpdatedAt *time.Time `json:"updatedAt" doc:"null if nothing is known"`
}

func playbackOf(p models.Playback) Playback {
	out := Playback{Position: p.Position, Duration: p.Duration, Watched: p.Watched}
	if !p.UpdatedAt.IsZero() {
		out.UpdatedAt = &p.UpdatedAt
	}
	return out
}

type playbackOutput struct {
	Body Playback
}

func (s *Service) playback(ctx context.Context, in *fileInput) (*playbackOutput, error) {
	p, err := s.store.Playback(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	return &playbackOutput{Body: playbackOf(p)}, nil
}

type savePlaybackInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Position float64 `json:"position" minimum:"0" maximum:"1e7" doc:"Seconds from the beginning"`
		Duration float64 `json:"duration" minimum:"0" maximum:"1e7" doc:"Seconds; 0 if it is not known"`
		Watched  *bool   `json:"watched,omitempty" doc:"Sets or clears the mark; it stays as it is without"`
	} `nameHint:"SavePlayback"`
}

func (s *Service) savePlayback(ctx context.Context, in *savePlaybackInput) (*playbackOutput, error) {
	user := kit.Caller(ctx).ID
	if err := s.limits.Allow(ctx, kit.LimitPlayback, user.String()); err != nil {
		return nil, err
	}
	p, err := s.store.SavePlayback(ctx, user, in.ID, models.PlaybackReport{Position: in.Body.Position, Duration: in.Body.Duration, Watched: in.Body.Watched})
	if err != nil {
		return nil, err
	}
	return &playbackOutput{Body: playbackOf(p)}, nil
}

// FilePlayback is where the owner of a job stopped in one of its files.
type FilePlayback struct {
	FileID   uuid.UUID `json:"fileId" format:"uuid"`
	Index    int       `json:"index" doc:"Position of the file in the source"`
	Position float64   `json:"position" doc:"Seconds from the beginning"`
	Duration float64   `json:"duration" doc:"Seconds; 0 if it is not known"`
	Watched  bool      `json:"watched"`
}

// JobPlayback is what is known of the files of a job.
type JobPlayback struct {
	Items []FilePlayback `json:"items" nullable:"false"`
}

type jobPlaybackOutput struct{ Body JobPlayback }

func (s *Service) jobPlayback(ctx context.Context, in *fileInput) (*jobPlaybackOutput, error) {
	all, err := s.store.JobPlayback(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	out := &jobPlaybackOutput{Body: JobPlayback{Items: make([]FilePlayback, 0, len(all))}}
	for _, p := range all {
		out.Body.Items = append(out.Body.Items, FilePlayback{FileID: p.FileID, Index: p.Index, Position: p.Position, Duration: p.Duration, Watched: p.Watched})
	}
	return out, nil
}
