package api

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
	"longhaul/models"
)

// Paths of the document of the API.
const (
	pathOpenAPI = "/openapi.json"
	pathDocs    = "/docs"
)

//go:embed docs.html docs.css
var docsFiles embed.FS

// noncePlace is replaced in the web app's page by a nonce that its policy
// allows styles with.
const noncePlace = "__CSP_NONCE__"

// pages adds what is not an operation: the OpenAPI document, its readable
// form, the web app and the answers for unknown paths.
func (s *Server) pages() error {
	document, err := s.document()
	if err != nil {
		return err
	}
	docs, err := s.docsPage()
	if err != nil {
		return err
	}
	style, err := docsFiles.ReadFile("docs.css")
	if err != nil {
		return fmt.Errorf("read the style of the docs: %w", err)
	}
	s.app.GET(pathOpenAPI, serveBytes("application/json; charset=utf-8", document))
	s.app.GET(pathDocs, serveBytes("text/html; charset=utf-8", docs))
	s.app.GET(pathDocs+".css", serveBytes("text/css; charset=utf-8", style))
	web := &webApp{policy: appPolicy(s.cfg.FilesURL, s.cfg.TurnstileSiteKey != "")}
	if s.cfg.WebDir != "" {
		root, err := os.OpenRoot(s.cfg.WebDir)
		if err != nil {
			return fmt.Errorf("open the web app: %w", err)
		}
		web.files = root.FS()
		if web.early, err = earlyParts(web.files); err != nil {
			return err
		}
	}
	s.app.NoRoute(web.serve)
	return nil
}

func (s *Server) docsPage() ([]byte, error) {
	page, err := template.ParseFS(docsFiles, "docs.html")
	if err != nil {
		return nil, fmt.Errorf("parse the docs page: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, docsOf(s.api.OpenAPI())); err != nil {
		return nil, fmt.Errorf("render the docs page: %w", err)
	}
	return b.Bytes(), nil
}

// webApp serves the built web app: files as they are, and its page for every
// other path; the page does its own routing.
type webApp struct {
	files  fs.FS
	policy string
	early  early
}

func (w *webApp) serve(c *gin.Context) {
	if isAPIPath(c.Request.URL.Path) || (c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead) {
		kit.NotFound(c)
		return
	}
	if w.files == nil {
		kit.NotFound(c)
		return
	}
	name := strings.TrimPrefix(path.Clean(c.Request.URL.Path), "/")
	if name == "" || name == indexPage || !fs.ValidPath(name) {
		w.index(c)
		return
	}
	if w.file(c, name) {
		return
	}
	if strings.HasPrefix(name, hashedDir) {
		kit.NotFound(c) // an old page asks for a file of an older build: a page would not help it
		return
	}
	w.index(c)
}

const (
	indexPage = "index.html"
	hashedDir = "assets/" // file names with a hash of the content

	sharePrefix = "/s/" // of addresses of shares, which are for those who have one, and for no search engine
)

// index serves the app's page, with a fresh nonce for its styles if it asks for
// one. A page without is the same for everyone until the next release, so browsers
// keep it and ask by its ETag.
func (w *webApp) index(c *gin.Context) {
	page, err := fs.ReadFile(w.files, indexPage)
	if err != nil {
		kit.Abort(c, models.Errorf(models.CodeNotFound, "The web app is not part of this build.").Because(err))
		return
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	if strings.HasPrefix(c.Request.URL.Path, sharePrefix) {
		c.Header("X-Robots-Tag", "noindex, nofollow")
	}
	c.Header("Cache-Control", "no-cache")
	if links := w.early.links(c.Request); links != "" {
		c.Header("Link", links)
	}
	if !bytes.Contains(page, []byte(noncePlace)) {
		c.Header("Etag", fmt.Sprintf(`W/"%x"`, sha256.Sum256(page)))
		w.content(c, indexPage, time.Time{})
		return
	}
	nonce := rand.Text()
	page = bytes.ReplaceAll(page, []byte(noncePlace), []byte(nonce))
	c.Header("Content-Security-Policy", strings.Replace(w.policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}

// file serves a file of the build, precompressed if the client takes that. It
// reports whether there is one.
func (w *webApp) file(c *gin.Context, name string) bool {
	info, err := fs.Stat(w.files, name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	header := c.Writer.Header()
	contentType := mime.TypeByExtension(path.Ext(name))
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	header.Set("Content-Type", contentType)
	header.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, hashedDir) {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.content(c, name, info.ModTime())
	return true
}

// content serves a file's bytes, the smallest that the build left of it and the
// client takes.
func (w *webApp) content(c *gin.Context, name string, changed time.Time) {
	header := c.Writer.Header()
	open := name
	for _, enc := range []struct{ token, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(c.Request.Header.Get("Accept-Encoding"), enc.token) {
			continue
		}
		if _, err := fs.Stat(w.files, name+enc.ext); err == nil {
			open = name + enc.ext
			header.Set("Content-Encoding", enc.token)
			break
		}
	}
	body, err := fs.ReadFile(w.files, open)
	if err != nil {
		kit.Abort(c, fmt.Errorf("read a file of the web app: %w", err))
		return
	}
	http.ServeContent(c.Writer, c.Request, "", changed, bytes.NewReader(body))
}

// accepts reports whether an Accept-Encoding header names the coding and does
// not refuse it.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
