package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"longhaul/api/kit"
)

// earlyFile is where the build says which parts of the app its start pages load.
const earlyFile = "preload.json"

// The start pages that the build names.
const (
	startSignIn    = "/login"
	startDownloads = "/"
	startDownload  = "/jobs/"
)

// early holds, by start page, the Link header that has browsers load the page's
// parts at once, not after the script that finds out that they are needed.
type early map[string]string

// earlyParts reads what the build says; a build need not say anything.
func earlyParts(files fs.FS) (early, error) {
	text, err := fs.ReadFile(files, earlyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the web app's parts: %w", err)
	}
	var parts map[string][]string
	if err := json.Unmarshal(text, &parts); err != nil {
		return nil, fmt.Errorf("read the web app's parts: %w", err)
	}
	out := early{}
	for page, names := range parts {
		links := make([]string, len(names))
		for i, name := range names {
			links[i] = "</" + name + ">; rel=modulepreload"
		}
		out[page] = strings.Join(links, ", ")
	}
	return out, nil
}

// links returns the Link header of the page that a request gets: without a
// session, the pages of an account lead to the sign-in.
func (e early) links(r *http.Request) string {
	path := r.URL.Path
	switch {
	case path == startSignIn:
		return e[startSignIn]
	case path != startDownloads && !strings.HasPrefix(path, startDownload):
		return ""
	case kit.SessionCookie(r.Header.Get("Cookie")) == "":
		return e[startSignIn]
	case path == startDownloads:
		return e[startDownloads]
	default:
		return e[startDownload]
	}
}
