package delivery

import (
	"github.com/google/uuid"

	"longhaul/models"
)

// ZipEntry is a file and its name in a zip, for tests.
type ZipEntry struct {
	Name string
	File models.File
}

// ZipEntries returns the names that files get in a zip.
func ZipEntries(files []models.File) []ZipEntry {
	var out []ZipEntry
	for _, e := range zipEntries(files) {
		out = append(out, ZipEntry{e.name, e.file})
	}
	return out
}

// ZipSize returns the computed length of a zip of the files.
func ZipSize(files []models.File) int64 { return zipSize(zipEntries(files)) }

// ZipHeader is used by tests that write the same zip.
var ZipHeader = func(e ZipEntry) any { return zipHeader(zipEntry{e.Name, e.File}) }

// Delivered counts bytes that were sent to a user, for tests.
func Delivered(m *Meter, user uuid.UUID, n int) { m.add(user, n) }
