package kit

import "longhaul/models"

// Stored returns nil if a file can be read, and otherwise the fault of one that is
// blocked or lost; every other file is not_found.
func Stored(f models.File) error {
	switch {
	case f.Blocked:
		return BlockedContent()
	case f.State == models.FileLost:
		return LostFile()
	case f.State != models.FileStored:
		return models.Errorf(models.CodeNotFound, "No such file.")
	}
	return nil
}

// BlockedContent is the fault of a file, or all of a job, that is blocked.
func BlockedContent() error {
	return models.Fault(models.ProblemBlockedContent, "This content is blocked here.")
}

// LostFile is the fault of a file whose object is gone.
func LostFile() error {
	return models.Fault(models.ProblemFileLost, "This file is no longer in storage. Delete the job and submit it again to fetch it.")
}
