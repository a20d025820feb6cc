package store

import (
	"encoding/json"

	"longhaul/models"
)

// paramsJSON returns a reason's parameters as they are stored, nil for none.
func paramsJSON(r models.Reason) *string {
	if len(r.Params) == 0 {
		return nil
	}
	b, err := json.Marshal(r.Params)
	if err != nil { // they are numbers, texts and truth values, all of which can be written
		return nil
	}
	s := string(b)
	return &s
}
