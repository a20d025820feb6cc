package jobs

import (
	"strings"

	"longhaul/models"
)

// stateWords returns a state in words.
func stateWords(s models.State) string { return strings.ReplaceAll(string(s), "_", " ") }

// bytesInWords returns a size for a sentence, such as "1.5 GiB".
func bytesInWords(n int64) string { return models.BytesInWords(n) }
