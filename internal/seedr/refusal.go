package seedr

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// envelope is what every answer may carry besides its content.
type envelope struct {
	Result      json.RawMessage `json:"result"`  // true, false, or a word
	Success     *flag           `json:"success"` // newer answers
	Reason      text            `json:"reason_phrase"`
	Error       json.RawMessage `json:"error"`
	Description text            `json:"error_description"`
	Wish        *wish           `json:"wt"`
	TransferID  number          `json:"user_torrent_id"`
	Code        number          `json:"code"`        // older answers: the status that HTTP does not tell
	StatusCode  number          `json:"status_code"` // newer answers: the same as the status
}

// status returns the HTTP status, or the one in the body when HTTP says that
// all is well.
func (e envelope) status(http int) int {
	if http < 400 && e.Code >= 400 && e.Code < 600 {
		return int(e.Code)
	}
	return http
}

type wish struct {
	ID       number `json:"id"`
	Size     number `json:"size"`
	Title    text   `json:"title"`
	InfoHash text   `json:"torrent_hash"`
}

func (w *wish) public() *Wish {
	if w == nil {
		return nil
	}
	return &Wish{ID: int64(w.ID), Size: int64(w.Size), InfoHash: strings.ToLower(string(w.InfoHash)), Title: string(w.Title)}
}

// decode checks a response and decodes it into out unless it is a refusal.
func decode(a answer, k call, out any) *Error {
	body := bytes.TrimSpace(a.body)
	var e envelope
	isJSON := len(body) > 0 && body[0] == '{' && json.Unmarshal(body, &e) == nil
	if refusal := refused(a, e, isJSON, k.adds); refusal != nil {
		return refusal
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &Error{Kind: KindMalformed, Status: a.status, Cause: err}
	}
	return nil
}

// refused applies the refusal test of both generations: the status, then
// "result", then "success", then a wishlist entry, then a missing id.
func refused(a answer, e envelope, isJSON, adds bool) *Error {
	f := &Error{Status: a.status, Word: e.word(), Wish: e.Wish.public()}
	switch {
	case a.status >= 400:
		f.classify(a, e, isJSON, adds)
		return f
	case a.status >= 300:
		f.Kind = KindHTML
		return f
	case len(bytes.TrimSpace(a.body)) == 0 && !adds:
		return nil // some deletions are answered with nothing
	case !isJSON && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("{")):
		f.Kind = KindMalformed
		return f
	case !isJSON:
		f.Kind = KindHTML
		return f
	}
	ok, given := e.result()
	switch {
	case given && !ok, e.Success != nil && !bool(*e.Success), e.Wish != nil:
		f.classify(a, e, isJSON, adds)
		return f
	case adds && e.TransferID <= 0:
		f.Kind = KindDuplicate
		return f
	}
	return nil
}

// result reads the older "result": given and true, or given and refused.
func (e envelope) result() (ok, given bool) {
	raw := bytes.TrimSpace(e.Result)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return false, false
	}
	switch string(raw) {
	case "true", "1", `"true"`, `"1"`:
		return true, true
	}
	return false, true
}

// wordForm is what a reason may look like. Free text is not passed on: it
// could repeat what was sent.
var wordForm = regexp.MustCompile(`^[A-Za-z][A-Za-z_ ]{1,63}$`)

// word returns Seedr's reason in one word, "" if it gives none.
func (e envelope) word() string {
	var result, fault string
	_ = json.Unmarshal(e.Result, &result) // a bool leaves it empty
	_ = json.Unmarshal(e.Error, &fault)
	for _, s := range []string{string(e.Reason), result, fault} {
		if s != "" && s != "true" && wordForm.MatchString(s) {
			return strings.ToLower(strings.ReplaceAll(s, " ", "_"))
		}
	}
	return ""
}

// limited finds a rate limit that came with another status than 429.
var limited = regexp.MustCompile(`(?i)rate.?limit|too.?many`)

// classify sets the kind of a refusal, and when to try again if it says so.
func (e *Error) classify(a answer, env envelope, isJSON, adds bool) {
	e.Kind = kindOf(a, env, isJSON, adds)
	if e.Kind == KindLimited || e.Kind == KindTransient || e.Kind == KindHTML {
		e.RetryAfter = retryAfter(a.header)
	}
}

// kindOf classifies a refusal: a rate limit in any words, then the word, then
// the status.
func kindOf(a answer, e envelope, isJSON, adds bool) Kind {
	said := a.body
	if isJSON {
		said = []byte(string(e.Reason) + " " + string(e.Error) + " " + string(e.Result) + " " + string(e.Description))
	}
	status := e.status(a.status)
	if status == http.StatusTooManyRequests || limited.Match(said) {
		return KindLimited
	}
	if k := kindOfWord(e.word()); k != "" {
		return k
	}
	switch {
	case status >= 500 && !isJSON && len(bytes.TrimSpace(a.body)) > 0:
		return KindHTML
	case status >= 500:
		return KindTransient
	case status == http.StatusRequestEntityTooLarge, status < 400 && e.Wish != nil:
		return KindSpace
	case status < 400 && !adds:
		return KindGone // the older form of “not found”
	}
	return kindOfStatus(status)
}

// kindOfWord returns the kind that a reason names, "" for unknown ones.
func kindOfWord(word string) Kind {
	switch {
	case word == "":
		return ""
	case strings.HasPrefix(word, "queue_full"):
		return KindSlots
	case strings.HasPrefix(word, "not_enough_space"), word == "out_of_bandwidth_memory",
		word == "added_to_wishlist", word == "out_of_wishlist":
		return KindSpace
	case strings.HasPrefix(word, "private_not_allowed"):
		return KindPlan
	case word == "parsing_error", word == "fetch_error", word == "no_torrent_passed", word == "invalid_torrent":
		return KindInvalid
	case word == "access_denied", word == "invalid_grant", word == "invalid_token", word == "expired_token":
		return KindAuth
	case word == "unknown_func":
		return KindBug
	case strings.Contains(word, "premium"), strings.Contains(word, "upgrade"):
		return KindPlan
	case strings.Contains(word, "not_found"), strings.Contains(word, "does_not_exist"):
		return KindGone
	case strings.Contains(word, "already"), strings.Contains(word, "duplicate"):
		return KindDuplicate
	}
	return ""
}

// kindOfStatus returns the kind for a refusal without a known word.
func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return KindAuth
	case http.StatusPaymentRequired, http.StatusForbidden:
		return KindPlan
	case http.StatusNotFound, http.StatusGone:
		return KindGone
	case http.StatusMethodNotAllowed:
		return KindBug
	case http.StatusConflict:
		return KindDuplicate
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return KindTransient
	default:
		return KindInvalid
	}
}

// retryAfter reads the header in seconds or as a date, up to an hour.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseUint(v, 10, 32); err == nil {
		return min(time.Duration(s)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(at), 0), maxRetryAfter)
	}
	return 0
}
