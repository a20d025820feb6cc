package jobs_test

import (
	"bytes"

	"longhaul/models"
)

// submitted leaves out whether the submit was a replay.
func submitted(job models.Job, _ bool, err error) (models.Job, error) { return job, err }

func hash(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }
