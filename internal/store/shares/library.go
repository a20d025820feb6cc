package shares

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"longhaul/models"
)

// ShareLibrary writes a share of files and folders of the library. It shows the
// files that lie in the folders now, under the names that they have now: what
// the owner puts there later is not shared by accident.
func (sh *Shares) ShareLibrary(ctx context.Context, s models.Share, p models.Picked) error {
	return sh.create(ctx, s, func(ctx context.Context) ([]item, error) {
		files, err := sh.library.Unfold(ctx, s.UserID, p, models.ShareFilesEach)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, models.Errorf(models.CodeConflict, "There are no files to share.").In("picked")
		}
		if len(files) > models.ShareFilesEach {
			return nil, models.Errorf(models.CodeTooLarge, "A share of folders has at most %d files. Share the downloads, or folders in this one.", models.ShareFilesEach).In("picked")
		}
		if len(p.Folders) == 1 && len(p.Files) == 0 { // the share has the folder's name
			for i := range files {
				_, files[i].Path, _ = strings.Cut(files[i].Path, "/")
			}
		}
		slices.SortFunc(files, func(a, b models.PickedFile) int {
			if c := strings.Compare(a.Path, b.Path); c != 0 {
				return c
			}
			return slices.Compare(a.ID[:], b.ID[:])
		})
		return shownAs(files), nil
	})
}

// shownAs returns the items of the files. Those of one path, from different
// folders, are numbered. A program that knows no path in the share shows the name
// in the source below the folder.
func shownAs(files []models.PickedFile) []item {
	taken := make(map[string]bool, len(files))
	next := map[string]int{}
	out := make([]item, 0, len(files))
	for _, f := range files {
		shown := f.Path
		ext := path.Ext(f.Path)
		for taken[strings.ToLower(shown)] {
			next[f.Path] = max(2, next[f.Path]+1)
			shown = strings.TrimSuffix(f.Path, ext) + " (" + strconv.Itoa(next[f.Path]) + ")" + ext
		}
		taken[strings.ToLower(shown)] = true
		label := path.Dir(shown)
		if label == "." {
			label = ""
		}
		out = append(out, item{JobID: f.JobID, FileID: &f.ID, Label: label, Strip: maxStrip, Shown: &shown})
	}
	return out
}

// maxStrip is longer than every path, of which only the name is left then.
const maxStrip = 1 << 20
