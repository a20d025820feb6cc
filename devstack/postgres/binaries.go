package postgres

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// installed is where Debian and its relatives keep each major version.
const installed = "/usr/lib/postgresql/*/bin"

// findBinaries returns the folder of the Postgres programs: those of the given
// major version, or the newest when none is given.
func findBinaries(version string) (string, error) {
	folders, err := filepath.Glob(installed)
	if err != nil {
		return "", fmt.Errorf("look for postgres: %w", err)
	}
	slices.SortFunc(folders, func(a, b string) int { return cmp.Compare(major(b), major(a)) })
	for _, folder := range folders {
		if complete(folder) && (version == "" || filepath.Base(filepath.Dir(folder)) == version) {
			return folder, nil
		}
	}
	if version != "" && len(folders) > 0 {
		return "", fmt.Errorf("the data was written by Postgres %s, which is not installed; install postgresql-%s", version, version)
	}
	path, err := exec.LookPath("initdb")
	if err != nil || !complete(filepath.Dir(path)) {
		return "", fmt.Errorf("no Postgres is installed; run scripts/bootstrap.sh, or: apt-get install postgresql")
	}
	return filepath.Dir(path), nil
}

func major(folder string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	if err != nil {
		return 0
	}
	return n
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}
