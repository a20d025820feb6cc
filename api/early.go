package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"longhaul/api/kit"
)

// earlyFile is where the build says which parts of the app its start pages load.
const earlyFile = "preload.json"

// The start pages that the build names.
const (
	startSignIn    = "/login"
	startDownloads = "/"
	startFiles     = "/files"
	startDownload  = "/jobs/"
)

// idPlace stands for the id of the download in addresses that the build names.
const idPlace = "{id}"

// startPage is what a start page needs, as the build says.
type startPage struct {
	Scripts []string `json:"scripts"`
	Styles  []string `json:"styles"`
	// Answers are addresses of the API that the page asks for first; {id} stands for the id in its path.
	Answers []string `json:"answers"`
}

// answers returns the links to what the page asks the API for first. An address
// with a query of its own shows another list than the plain one, and a path
// without the id of a download shows none.
func (p startPage) answers(id string, plain bool) []string {
	links := make([]string, 0, len(p.Answers)+len(p.Scripts)+len(p.Styles))
	for _, answer := range p.Answers {
		if (strings.Contains(answer, idPlace) && !isID(id)) || (strings.Contains(answer, "?") && !plain) {
			continue
		}
		links = append(links, "<"+strings.ReplaceAll(answer, idPlace, id)+">; rel=preload; as=fetch; crossorigin")
	}
	return links
}

// isID reports whether a text is the id of a download in its usual form.
func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// parts returns the links to the page's scripts and styles.
func (p startPage) parts() []string {
	links := make([]string, 0, len(p.Scripts)+len(p.Styles))
	for _, name := range p.Scripts {
		links = append(links, "</"+name+">; rel=modulepreload")
	}
	for _, name := range p.Styles {
		links = append(links, "</"+name+">; rel=preload; as=style; crossorigin")
	}
	return links
}

// early holds what the build says of each start page. The Link header made of it
// has browsers load that at once, not when the script that needs it runs.
type early map[string]startPage

// earlyParts reads what the build says; a build need not say anything.
func earlyParts(files fs.FS) (early, error) {
	text, err := fs.ReadFile(files, earlyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the web app's parts: %w", err)
	}
	var pages early
	if err := json.Unmarshal(text, &pages); err != nil {
		return nil, fmt.Errorf("read the web app's parts: %w", err)
	}
	return pages, nil
}

// links returns the Link header of the page that a request gets: without a
// session, the pages of an account lead to the sign-in, which asks nothing that
// needs an account.
func (e early) links(r *http.Request) string {
	start, id := startOf(r.URL.Path)
	if start == "" {
		return ""
	}
	if start != startSignIn && kit.SessionCookie(r.Header.Get("Cookie")) == "" {
		start = startSignIn
	}
	page := e[start]
	links := page.answers(id, r.URL.RawQuery == "")
	return strings.Join(append(links, page.parts()...), ", ")
}

// startOf returns the start page of a path and what follows its name, which is
// the id of a download or more.
func startOf(path string) (start, id string) {
	switch {
	case path == startSignIn, path == startDownloads, path == startFiles:
		return path, ""
	case strings.HasPrefix(path, startDownload):
		return startDownload, strings.TrimPrefix(path, startDownload)
	default:
		return "", ""
	}
}
