package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// capDACReadSearch and capDACOverride are Linux capability numbers.
const (
	capDACOverride   = 1
	capDACReadSearch = 2

	otherSearch = 0o001
	groupSearch = 0o010
	ownerSearch = 0o100
)

// identity is the unprivileged user that Postgres runs as. The nil identity
// means the own user, which is not root.
type identity struct {
	uid, gid     uint32
	credential   *syscall.Credential
	capabilities []uintptr
}

// unprivileged picks the user for data below dir. It returns nil unless this
// process is root, because only root has to give way.
func unprivileged(dir string) (*identity, error) {
	if os.Geteuid() != 0 {
		return nil, nil // The nil identity is the own user.
	}
	var account *user.User
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err == nil {
			account = found
			break
		}
	}
	if account == nil {
		return nil, errors.New("no user postgres and no user nobody, and Postgres refuses to run as root: create one of them")
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return nil, fmt.Errorf("read the ids of user %s: %w", account.Username, err)
	}
	who := &identity{
		uid: uint32(uid), gid: uint32(gid),
		credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
	}
	if !who.reaches(filepath.Dir(dir)) {
		who.capabilities = searchCapability()
	}
	return who, nil
}

// own hands the path to the identity.
func (i *identity) own(path string) error {
	if i == nil {
		return nil
	}
	if err := os.Chown(path, int(i.uid), int(i.gid)); err != nil {
		return fmt.Errorf("give %s to the postgres user: %w", filepath.Base(path), err)
	}
	return nil
}

// reaches reports whether the identity may pass through the folder and all
// above it. Below /root, for one, an unprivileged user may not.
func (i *identity) reaches(folder string) bool {
	for {
		info, err := os.Stat(folder)
		if err == nil && !i.passes(info) {
			return false
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return true
		}
		folder = parent
	}
}

func (i *identity) passes(info os.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	needed := os.FileMode(otherSearch)
	switch {
	case owner.Uid == i.uid:
		needed = ownerSearch
	case owner.Gid == i.gid:
		needed = groupSearch
	}
	return info.Mode().Perm()&needed != 0
}

// searchCapability returns the weakest capability that this process can pass on
// and that lets a process through folders it has no right to.
func searchCapability() []uintptr {
	for _, number := range []uintptr{capDACReadSearch, capDACOverride} {
		if permitted(number) {
			return []uintptr{number}
		}
	}
	return nil
}
