package delivery

import (
	"net/http"

	"github.com/google/uuid"

	"longhaul/models"
)

// ZipNames returns the names that files get in a zip.
func ZipNames(files []models.File) []string {
	var out []string
	for _, e := range zipEntries(files) {
		out = append(out, e.Name)
	}
	return out
}

// Delivered counts bytes that were sent to a user, for tests.
func Delivered(m *Meter, user uuid.UUID, n int) { m.add(user, n) }

// RequestedRange returns where the part that a request is for starts and ends:
// -1 for a whole response, and 0 for one that cannot be given.
func RequestedRange(r *http.Request, size int64) (start, end int64) {
	switch part, satisfiable := requestedRange(r, size); {
	case !satisfiable:
		return 0, 0
	case part == nil:
		return -1, -1
	default:
		return part.start, part.end
	}
}
