package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// MarkAgentLost records that the agent fell silent, if it did, and returns the
// attempts that are still open on it. An agent that was heard of meanwhile is
// not lost and has no attempts to move.
func (w *Work) MarkAgentLost(ctx context.Context, agentID uuid.UUID) ([]models.OpenAttempt, error) {
	var out []models.OpenAttempt
	s := w.s
	err := s.Tx(ctx, func(ctx context.Context) error {
		lost, err := s.MarkLost(ctx, agentID)
		if err != nil || !lost {
			return err
		}
		out, err = s.Work().OpenAttempts(ctx, agentID)
		return err
	})
	return out, err
}
