package objstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"longhaul/models"
)

// generationKey is where the bucket says what it is, outside of all jobs.
const generationKey = "longhaul/generation"

// Generation returns what the bucket says of itself, the zero value if it says
// nothing.
func (c *Client) Generation(ctx context.Context) (g models.Generation, err error) {
	body, err := c.Get(ctx, generationKey, "", 0, -1)
	if models.IsNotFound(err) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	if err := json.NewDecoder(body).Decode(&g); err != nil {
		return g, fmt.Errorf("read the generation in the bucket: %w", err)
	}
	return g, nil
}

// PutGeneration makes the bucket say g.
func (c *Client) PutGeneration(ctx context.Context, g models.Generation) error {
	body, err := json.Marshal(g)
	if err != nil {
		return fmt.Errorf("encode generation: %w", err)
	}
	return c.Put(ctx, generationKey, body, "application/json")
}
