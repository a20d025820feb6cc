package admin

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
)

const (
	typeCSV     = "text/csv"
	portionTime = 30 * time.Second // for a client to take a portion
)

// csvResponse describes a list of things of the kind.
func csvResponse(kind string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "One line per " + kind + ", below a line of names. A cell that a spreadsheet would take for a formula starts with an apostrophe.",
		Content:     map[string]*huma.MediaType{typeCSV: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

// linesOf has a portion of things written, each as a line.
func linesOf[T any](line func(T) []string, write func([][]string) error) func([]T) error {
	return func(portion []T) error {
		lines := make([][]string, 0, len(portion))
		for _, thing := range portion {
			lines = append(lines, line(thing))
		}
		return write(lines)
	}
}

// streamCSV answers with the lines that each gives to write, below the names of
// the columns.
func streamCSV(c *gin.Context, name string, columns []string, each func(write func([][]string) error) error) {
	w, named := csv.NewWriter(c.Writer), false
	stream(c, typeCSV, name, func(write func(portion func() error) error) error {
		return each(func(lines [][]string) error {
			if !named {
				lines, named = append([][]string{columns}, lines...), true
			}
			return write(func() error { return w.WriteAll(lines) })
		})
	})
}

// stream answers with the portions that each gives to write, every one with a
// deadline of its own: the server has none for streams. What breaks off ends the
// connection: the client must see that something is missing.
func stream(c *gin.Context, contentType, name string, each func(write func(portion func() error) error) error) {
	rc, headed := http.NewResponseController(c.Writer), false
	err := each(func(portion func() error) error {
		if err := rc.SetWriteDeadline(time.Now().Add(portionTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		if !headed {
			header := c.Writer.Header()
			header.Set("Content-Type", contentType+"; charset=utf-8")
			header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
			header.Set("Cache-Control", "no-store")
			c.Status(http.StatusOK)
			headed = true
		}
		if err := portion(); err != nil {
			return err
		}
		return rc.Flush()
	})
	switch {
	case err != nil && headed:
		kit.InfoOf(c.Request.Context()).Err = err
		panic(http.ErrAbortHandler)
	case err != nil:
		kit.Abort(c, err)
	}
}

// cell keeps what people chose from being run by a spreadsheet.
func cell(text string) string {
	if strings.IndexAny(text, "=+-@\t\r\n") == 0 {
		return "'" + text
	}
	return text
}
