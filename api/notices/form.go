package notices

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// formStore is what the public form asks of the notices.
type formStore interface {
	SendNotice(ctx context.Context, by models.Actor, in models.NewNotice) (models.Notice, error)
	SentNotice(ctx context.Context, id uuid.UUID) (models.SentNotice, error)
}

// Keys makes and reads the secrets of complainants' links.
type Keys interface {
	Notice(id uuid.UUID) string
	NoticeOf(secret string) (uuid.UUID, error)
}

const (
	tagNotices = "notices"
	pathForm   = "/api/v1/takedown"
	botNotice  = "notice" // the action that the bot check protects, as the widget names it
	maxForm    = 512 << 10
)

// formHandlers serve complainants, who have no account.
type formHandlers struct{ Deps }

func (h *formHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "send-notice", Method: http.MethodPost, Path: pathForm, Tags: []string{tagNotices}, Summary: "Send a takedown notice",
		Description:   "It has to say all that 17 U.S.C. § 512(c)(3)(A) asks for. A mail acknowledges it. An administrator then decides.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxForm,
	}, h.send)
	kit.Handle(r, huma.Operation{
		OperationID: "get-sent-notice", Method: http.MethodPost, Path: pathForm + "/status", Tags: []string{tagNotices}, Summary: "What became of a takedown notice",
		Description: "For whoever has its link. The link's token is in the body, so that no log has it.",
	}, h.status)
}

// Claim is one work, and where content here infringes it.
type Claim struct {
	Work      string   `json:"work" minLength:"1" maxLength:"2000" doc:"The copyrighted work"`
	Locations []string `json:"locations" minItems:"1" maxItems:"500" nullable:"false" doc:"Where it is: download links and pages of shares of this server, info hashes, magnet links or the addresses of sources"`
}

type sendInput struct {
	Body struct {
		Key          string  `json:"key,omitempty" maxLength:"100" doc:"Random, such as a UUID. The same notice sent again with the same key is recorded once"`
		Claims       []Claim `json:"claims" minItems:"1" maxItems:"50" nullable:"false"`
		Name         string  `json:"name" minLength:"1" maxLength:"500" doc:"Of the complainant"`
		Organisation string  `json:"organisation,omitempty" maxLength:"500" doc:"The rights holder, if the complainant speaks for another"`
		Email        string  `json:"email" minLength:"3" maxLength:"254"`
		Phone        string  `json:"phone,omitempty" maxLength:"100"`
		Address      string  `json:"address" minLength:"1" maxLength:"350" doc:"Postal address of the complainant"`
		Text         string  `json:"text,omitempty" maxLength:"5000" doc:"Anything else"`
		GoodFaith    bool    `json:"goodFaith" doc:"It states the good faith belief that the use is not authorised by the rights holder, its agent or the law"`
		Accuracy     bool    `json:"accuracy" doc:"It states that it is accurate and, under penalty of perjury, that the complainant may act for the rights holder"`
		Signature    string  `json:"signature" minLength:"1" maxLength:"500" doc:"The complainant's full name"`
		Turnstile    string  `json:"turnstile,omitempty" maxLength:"2048" doc:"Answer of the Turnstile widget with the action \"notice\", where the configuration has a site key"`
	} `nameHint:"TakedownNotice"`
}

type sendOutput struct {
	Body struct {
		Reference string `json:"reference" doc:"By which the notice goes"`
		Token     string `json:"token" doc:"Of the link that tells what became of it, /dmca/status?token=…"`
	} `nameHint:"SentTakedownNotice"`
}

func (h *formHandlers) send(ctx context.Context, in *sendInput) (*sendOutput, error) {
	if err := h.Limiter.Allow(ctx, kit.LimitNoticeIP, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	email, err := kit.NormalEmail(in.Body.Email)
	if err != nil {
		return nil, err
	}
	if err := h.Persons.Check(ctx, in.Body.Turnstile, botNotice); err != nil {
		return nil, err
	}
	if err := h.Limiter.Allow(ctx, kit.LimitNoticeMail, email); err != nil {
		return nil, err
	}
	n, err := h.store().SendNotice(ctx, models.Actor{Kind: models.ActorSystem, IP: kit.InfoOf(ctx).IP}, h.noticeOf(in, email))
	if err != nil {
		return nil, err
	}
	out := &sendOutput{}
	out.Body.Reference, out.Body.Token = *n.Reference, h.Keys.Notice(n.ID)
	return out, nil
}

func (h *formHandlers) store() formStore { return h.Store }

// noticeOf returns the notice that the form makes.
func (h *formHandlers) noticeOf(in *sendInput, email string) models.NewNotice {
	b := in.Body
	ref := referenceOf(b.Key, h.NewID)
	works, list, things := h.claimed(b.Claims)
	address := b.Address
	if phone := strings.TrimSpace(b.Phone); phone != "" {
		address += "; phone " + phone
	}
	return models.NewNotice{
		Notice: models.Notice{
			Reference: &ref, Name: b.Name, Organisation: b.Organisation, Email: email, Address: address, Works: works,
			Text: strings.TrimSpace(list + "\n\n" + b.Text), GoodFaith: b.GoodFaith, Accuracy: b.Accuracy, Signature: b.Signature,
		},
		Things: things,
	}
}

// claimed returns the works, which of the things belongs to which of them, and
// the things, each once.
func (h *formHandlers) claimed(claims []Claim) (works, list string, things []models.NoticeItem) {
	var names, lines []string
	seen := map[models.NoticeItem]int{}
	for i, c := range claims {
		name := strings.Join(strings.Fields(c.Work), " ")
		if name == "" {
			continue
		}
		if len(claims) > 1 {
			name = fmt.Sprintf("%d. %s", i+1, name)
		}
		names = append(names, name)
		var at []string
		for _, location := range c.Locations {
			thing := h.Locations.Thing(location)
			if thing.Value == "" {
				continue
			}
			n, ok := seen[thing]
			if !ok {
				things = append(things, thing)
				n = len(things)
				seen[thing] = n
			}
			if no := fmt.Sprint(n); !slices.Contains(at, no) {
				at = append(at, no)
			}
		}
		lines = append(lines, fmt.Sprintf("Work %d: named things %s.", i+1, strings.Join(at, ", ")))
	}
	return strings.Join(names, "\n"), strings.Join(lines, "\n"), things
}

// referenceSize is how many characters of a hash a reference has: 2^50 of them
// meet by chance too seldom to matter.
const referenceSize = 10

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// referenceOf returns the reference of the notice with the key, which only its
// sender knows, and so can't be told from the reference.
func referenceOf(key string, newID func() uuid.UUID) string {
	if key == "" {
		key = newID().String()
	}
	sum := sha256.Sum256([]byte("notice:" + key))
	return "LH-" + crockford.EncodeToString(sum[:])[:referenceSize]
}

type statusInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"256" doc:"The link's token"`
	} `nameHint:"TakedownNoticeLink"`
}

// SentNotice is what the sender of a takedown notice may know of it.
type SentNotice struct {
	Reference  string          `json:"reference"`
	State      kit.NoticeState `json:"state"`
	Note       string          `json:"note" doc:"Of the administrator who decided"`
	ReceivedAt time.Time       `json:"receivedAt"`
	DecidedAt  *time.Time      `json:"decidedAt"`
	EndedAt    *time.Time      `json:"endedAt"`
	DueAt      *time.Time      `json:"dueAt" doc:"When the content is restored unless the sender goes to court; null without a counter-notice"`
	Items      int64           `json:"items" doc:"How many things it names"`
	Blocked    int64           `json:"blocked" doc:"How many of them are blocked now"`
}

type statusOutput struct{ Body SentNotice }

func (h *formHandlers) status(ctx context.Context, in *statusInput) (*statusOutput, error) {
	if err := h.Limiter.Allow(ctx, kit.LimitVerify, kit.InfoOf(ctx).IP); err != nil {
		return nil, err
	}
	id, err := h.Keys.NoticeOf(in.Body.Token)
	if err != nil {
		return nil, models.Errorf(models.CodeNotFound, "This link leads to no notice.").Because(err)
	}
	n, err := h.store().SentNotice(ctx, id)
	if err != nil {
		return nil, err
	}
	return &statusOutput{SentNotice{
		Reference: n.Reference, State: kit.NoticeState(n.State), Note: n.Note, ReceivedAt: n.ReceivedAt, DecidedAt: n.DecidedAt, EndedAt: n.EndedAt,
		DueAt: n.DueAt, Items: n.Items, Blocked: n.Blocked,
	}}, nil
}
